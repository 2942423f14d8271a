"""What we know and how it is found. Nothing in here knows of chat."""
