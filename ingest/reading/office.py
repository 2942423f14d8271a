"""Old Word, RTF and OpenDocument files → .docx by LibreOffice without a window, in a profile that lives for one file.

Rules
1. Macros are refused where they can be seen and switched off in any case; no link is updated, no address asked.
2. A password is recognised before LibreOffice would wait for one.
"""

from __future__ import annotations

import io
from pathlib import Path

import olefile

from ingest.reading import limits, programs
from ingest.reading.text import Refused

_SECONDS = 120
_INSTALL = "LibreOffice (gói libreoffice-writer-nogui)"
_ENCRYPTED = 0x01  # of the second byte of the flags in the first block of a .doc
_COMMON, _INET = "org.openoffice.Office.Common/Security/Scripting", "org.openoffice.Inet/Settings"
_SETTINGS = (
    (_COMMON, "MacroSecurityLevel", "3"),
    (_COMMON, "DisableMacrosExecution", "true"),
    (_COMMON, "DisableActiveContent", "true"),
    (_COMMON, "BlockUntrustedRefererLinks", "true"),
    ("org.openoffice.Office.Writer/Content/Update", "Link", "2"),  # never
    (_INET, "ooInetProxyType", "2"),  # a proxy that is not there, should anything still ask
    (_INET, "ooInetHTTPProxyName", "127.0.0.1"),
    (_INET, "ooInetHTTPProxyPort", "9"),
    (_INET, "ooInetHTTPSProxyName", "127.0.0.1"),
    (_INET, "ooInetHTTPSProxyPort", "9"),
)


def to_docx(data: bytes, folder: Path) -> bytes:
    """The .docx LibreOffice makes of a file; `folder` is scratch space. Raises Refused."""
    suffix = ".rtf" if data.lstrip()[:5] == b"{\\rtf" else ".odt" if data.startswith(b"PK") else ".doc"
    if suffix == ".doc":
        _refuse(data)
    program = programs.find("soffice", "libreoffice", needed_for=f"tệp {suffix}", install=_INSTALL)
    given, made, user = folder / f"given{suffix}", folder / "made", folder / "profile"
    (user / "user").mkdir(parents=True)
    (user / "user" / "registrymodifications.xcu").write_text(_registry(), "utf-8")
    given.write_bytes(data)
    command = [program, f"-env:UserInstallation={user.as_uri()}", "--headless", "--norestore", "--nolockcheck",
               "--convert-to", "docx", "--outdir", str(made), str(given)]  # fmt: skip
    programs.run(command, folder, _SECONDS, prepare=limits.loosen)
    result = made / "given.docx"
    if not result.is_file():
        raise Refused(f"tệp {suffix} bị hỏng hoặc được đặt mật khẩu")
    return result.read_bytes()


def _registry() -> str:
    items = "".join(
        f'<item oor:path="/{path}"><prop oor:name="{name}" oor:op="fuse"><value>{value}</value></prop></item>'
        for path, name, value in _SETTINGS
    )
    return f'<oor:items xmlns:oor="http://openoffice.org/2001/registry">{items}</oor:items>'


def _refuse(data: bytes) -> None:
    """A compound file that is no Word file, is locked, or carries macros. Raises Refused."""
    try:
        with olefile.OleFileIO(io.BytesIO(data)) as file:
            if file.exists("EncryptedPackage"):
                raise Refused("tệp được đặt mật khẩu")
            if not file.exists("WordDocument"):
                raise Refused("không phải tệp Word (.doc)")
            flags = file.openstream("WordDocument").read(12)
            if len(flags) == 12 and flags[11] & _ENCRYPTED:
                raise Refused("tệp được đặt mật khẩu")
            if file.exists("Macros/VBA") or file.exists("_VBA_PROJECT_CUR"):
                raise Refused("tệp có chứa macro")
    except (OSError, ValueError, IndexError, TypeError) as error:
        raise Refused("tệp Word bị hỏng") from error
