"""The programs of the system that reading leans on: found, run with a time limit, named in Vietnamese where missing."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

from ingest.reading.text import Refused


def find(*names: str, needed_for: str, install: str) -> str:
    """The path of the first program that is there. Raises Refused, naming what to install."""
    for name in names:
        path = shutil.which(name)
        if path:
            return path
    raise Refused(f"máy chưa có chương trình để đọc {needed_for}, vui lòng cài đặt {install}")


def run(
    command: Sequence[str], folder: Path, seconds: float, *, prepare: Callable[[], None] | None = None
) -> subprocess.CompletedProcess[bytes]:
    """Run a program in a folder of its own, in the caller's process group: whoever ends that group ends it too."""
    environment = {"PATH": os.environ.get("PATH", os.defpath), "HOME": str(folder), "TMPDIR": str(folder)}
    environment |= {"LANG": "C.UTF-8", "OMP_THREAD_LIMIT": "1"}  # Tesseract's threads mostly wait for each other
    try:
        return subprocess.run(  # noqa: S603  # a list, no shell; the names are ours
            command,
            cwd=folder,
            env=environment,
            timeout=seconds,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            preexec_fn=prepare,  #  # the child that calls this has one thread
        )
    except subprocess.TimeoutExpired as error:
        raise Refused(f"đọc quá lâu (hơn {seconds:.0f} giây)") from error
