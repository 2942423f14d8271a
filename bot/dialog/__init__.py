"""THE BEHAVIOUR, pure: an event and a conversation in, the next conversation and what the shell must do out."""
