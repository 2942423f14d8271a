"""What is remembered about one Address between turns: a value, to and from JSON. Pure.

It holds where the officer stands, what was last offered and the last questions; never the answers themselves, which live in the
Submission, so that another address of the same officer goes on with the same draft.
"""
