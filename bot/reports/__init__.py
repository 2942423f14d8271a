"""A Submission becomes a document that an office can sign: python-docx lives here alone."""

from bot.reports.docx import render

__all__ = ["render"]
