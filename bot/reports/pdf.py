"""A .docx → the same pages as PDF, by LibreOffice without a window, in a profile that lives for one document.

NoPdfError      LibreOffice is not there, failed or took too long; the message is the sentence to show
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

SECONDS = 120
_ABSENT = "Chưa xuất được PDF vì máy chưa có LibreOffice (gói libreoffice-writer-nogui). Xin xuất ra .docx."
_FAILED = "LibreOffice chưa xuất được PDF. Xin xuất ra .docx."


class NoPdfError(Exception):
    """There is no PDF; the message says why and what to do."""


def from_docx(document: bytes) -> bytes:
    """The pages as PDF (version 1.7). Slow: seconds. Raises NoPdfError."""
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program is None:
        raise NoPdfError(_ABSENT)
    with TemporaryDirectory(prefix="thidua-") as scratch:
        folder = Path(scratch)
        given, made = folder / "report.docx", folder / "report.pdf"
        given.write_bytes(document)
        command = [program, f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless", "--norestore"]
        command += ["--nolockcheck", "--convert-to", "pdf:writer_pdf_Export", "--outdir", scratch, str(given)]
        _run(command, folder)
        if not made.is_file():
            raise NoPdfError(_FAILED)
        return made.read_bytes()


def _run(command: list[str], folder: Path) -> None:
    """Run in a process group of its own: LibreOffice's script starts the program that does the work."""
    environment = {"PATH": os.environ.get("PATH", os.defpath), "HOME": str(folder), "LANG": "C.UTF-8"}
    process = subprocess.Popen(  # noqa: S603  # a list, no shell; the names are ours
        command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        start_new_session=True,
    )  # fmt: skip
    try:
        process.wait(SECONDS)
    except subprocess.TimeoutExpired:
        raise NoPdfError(_FAILED) from None
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
