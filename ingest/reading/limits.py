"""What a reading child may use, set by the child on itself before it looks at a file.

On Linux it also leaves the network (where the machine lets it); where `resource` is missing (Windows) only the parent's
clock and size limits stand.
"""

from __future__ import annotations

import ctypes
import sys

SIZE = 50_000_000  # bytes of a file, and of an unpacked answer
PAGES = 400  # of a PDF
SCANNED = 80  # pages to be read from pictures
PIXELS = 60_000_000  # of one picture
SECONDS = 600  # on the clock, for one file
_CPU = 300  # seconds of one process
_MEMORY = 2_000_000_000
_PROGRAM = 6_000_000_000  # addresses, not memory: LibreOffice maps far more than it uses
_WRITTEN = 300_000_000
_NEW_USER, _NEW_NET = 0x10000000, 0x40000000


def tighten() -> None:
    """For the process that parses."""
    if sys.platform == "win32":  # has no such limits
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _set(resource.RLIMIT_CPU, _CPU, _CPU + 5)
    _set(resource.RLIMIT_FSIZE, _WRITTEN, _WRITTEN)
    _set(resource.RLIMIT_AS, _MEMORY, _PROGRAM)
    if sys.platform == "linux":
        # As root the first is enough; as anybody else a user namespace lends the right. Where neither is allowed the
        # settings of each parser (no links, no proxies) are what keeps it offline.
        libc = ctypes.CDLL(None)
        _ = libc.unshare(_NEW_NET) == 0 or libc.unshare(_NEW_USER | _NEW_NET) == 0


def loosen() -> None:
    """For a program the child starts."""
    if sys.platform != "win32":
        _set(resource.RLIMIT_AS, _PROGRAM, _PROGRAM)


if sys.platform != "win32":
    import resource

    def _set(what: int, soft: int, hard: int) -> None:
        """Lower a limit; one that is lower already stays."""
        _, most = resource.getrlimit(what)
        hard = hard if most == resource.RLIM_INFINITY else min(hard, most)
        resource.setrlimit(what, (min(soft, hard), hard))
