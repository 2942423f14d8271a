"""What staff and officers print: reports, the consolidated report, the ledger of reminders. python-docx lives here."""

from bot.reports.docx import render
from bot.reports.office import Office, OfficeError

__all__ = ["Office", "OfficeError", "render"]
