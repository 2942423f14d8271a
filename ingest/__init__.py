"""From files to provisions."""
