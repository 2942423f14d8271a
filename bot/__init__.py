"""Talks, collects, reminds."""
