"""One module a format, each bytes → text; all but plain text run in a child process with limits (`sandbox`)."""
