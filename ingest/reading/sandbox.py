"""The parent's side of reading in a child process: start, wait, end it, and say what came of it.

Rules
1. One child a file: what a hostile file did to its reader ends with it. The child is told no setting and no secret.
2. The child and whatever it started are one process group, ended when the time is up or we are.
3. The answer is a file of limited size in a scratch folder that goes with the child.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from ingest.reading import limits
from ingest.reading.kinds import Kind
from ingest.reading.text import Refused

_ROOT = Path(__file__).resolve().parents[2]


def read(path: Path, kind: Kind, seconds: float = limits.SECONDS) -> str:
    """The text of a file of a known kind, read in a child process. Raises Refused."""
    with tempfile.TemporaryDirectory(prefix="thidua-read-", ignore_cleanup_errors=True) as scratch:
        answer = Path(scratch, "answer.json")
        command = [sys.executable, "-m", "ingest.reading.child", str(path.resolve()), kind.value, str(answer)]
        _run(command, scratch, seconds)
        try:
            if answer.stat().st_size > 6 * limits.SIZE:
                raise Refused("tệp có quá nhiều chữ")
            result = json.loads(answer.read_text("utf-8"))
        except (OSError, ValueError) as error:
            raise Refused("tệp bị hỏng hoặc đòi hỏi quá nhiều bộ nhớ, thời gian để đọc") from error
    if "text" not in result:
        raise Refused(str(result["refused"]))
    return str(result["text"])


def _run(command: list[str], scratch: str, seconds: float) -> None:
    environment = {"PATH": os.environ.get("PATH", os.defpath), "HOME": scratch, "TMPDIR": scratch, "TEMP": scratch}
    environment |= {"LANG": "C.UTF-8", "PYTHONPATH": str(_ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    if "SYSTEMROOT" in os.environ:
        environment["SYSTEMROOT"] = os.environ["SYSTEMROOT"]  # Windows starts no Python without it
    child = subprocess.Popen(  # noqa: S603  # a list, no shell; the file's name is one argument
        command,
        cwd=scratch,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        child.wait(seconds)
    except subprocess.TimeoutExpired as error:
        raise Refused(f"đọc quá lâu (hơn {seconds:.0f} giây)") from error
    finally:
        _end(child)


def _end(child: subprocess.Popen[bytes]) -> None:
    """End the child's whole group, also where the child is gone and something it started is not."""
    if hasattr(os, "killpg"):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
    else:  # pragma: no cover  # Windows
        child.kill()
    child.wait()
