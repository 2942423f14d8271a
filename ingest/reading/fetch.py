"""A web address → a file in a folder, fetched once, within limits; reading it is then like reading any file.

Rules
1. Only http and https, only to public addresses (another machine of the office is nobody's to ask for by an address in
   a message) unless the caller says otherwise. The address that was really reached is checked, after every redirect.
2. Limits on size (as declared and as received), time, redirects and kind of content. No cookies, no proxies, no log-in.
3. The file is named by us: host, digest of the address, and the suffix of what came.

By urllib of the standard library: httpx belongs to the channels of the bot (rule 5), and one GET needs no client.

Errors
    Unreadable(ValueError)   one Vietnamese line that names the address and the reason
"""

from __future__ import annotations

import contextlib
import http.client
import ipaddress
import re
import socket
import time
import urllib.error
import urllib.request
from email.message import Message
from hashlib import blake2b
from pathlib import Path
from urllib.parse import SplitResult, quote, urlsplit, urlunsplit

from ingest.reading import limits
from ingest.reading.kinds import Kind, kind_of
from ingest.reading.text import Refused, Unreadable

_SECONDS = 60
_PATIENCE = 20  # for one answer of the server
_REDIRECTS = 5
_PIECE = 64_000
_TYPES = re.compile(
    r"^(?:text/(?:html|plain|rtf)|image/(?:png|jpe?g|tiff)|application/(?:xhtml\+xml|pdf|x-pdf|rtf|msword|octet-stream"
    r"|force-download|vnd\.openxmlformats-officedocument\.wordprocessingml\.document|vnd\.oasis\.opendocument\.text))$"
)
_SUFFIX = {Kind.TEXT: ".txt", Kind.WORD: ".docx", Kind.OFFICE: ".doc", Kind.PDF: ".pdf", Kind.PAGE: ".html"}


def is_address(text: str) -> bool:
    """Whether what somebody gave to be read is a web address."""
    return text.lower().startswith(("http://", "https://"))


def fetch(address: str, folder: Path, *, allow_private: bool = False) -> Path:
    """Fetch an address into a folder; the same address goes to the same file. Raises Unreadable."""
    try:
        parts = _checked(address)
        data, headers = _get(urlunsplit(parts), allow_private=allow_private)
        suffix, data = _kept(data, headers)
    except Refused as refusal:
        raise Unreadable(address, str(refusal)) from refusal
    except urllib.error.HTTPError as error:
        error.close()
        raise Unreadable(address, f"máy chủ trả lời mã {error.code}") from error
    except TimeoutError as error:
        raise Unreadable(address, "máy chủ trả lời quá chậm") from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        reason = error.reason if isinstance(error, urllib.error.URLError) else error
        if isinstance(reason, Refused):
            raise Unreadable(address, str(reason)) from error
        raise Unreadable(address, "không kết nối được tới máy chủ") from error
    folder.mkdir(parents=True, exist_ok=True)
    host = re.sub(r"[^a-z0-9.-]", "-", (parts.hostname or "").lower())[:80]
    path = folder / f"{host}-{blake2b(address.encode(), digest_size=6).hexdigest()}{suffix}"
    fresh = path.with_name(f".{path.name}.part")
    fresh.write_bytes(data)
    fresh.replace(path)
    return path


def _checked(address: str) -> SplitResult:
    """An address with its letters encoded as a server expects them. Raises Refused."""
    try:
        parts = urlsplit(address.strip())
        host = (parts.hostname or "").encode("idna").decode("ascii")
        port = f":{parts.port}" if parts.port else ""
    except (ValueError, UnicodeError) as error:
        raise Refused("địa chỉ viết chưa đúng") from error
    if parts.scheme not in {"http", "https"} or not host or parts.username is not None:
        raise Refused("địa chỉ viết chưa đúng")
    named = f"[{host}]" if ":" in host else host
    path, query = (quote(part, safe="/:@!$&'()*+,;=%?~-._") for part in (parts.path or "/", parts.query))
    return SplitResult(parts.scheme, named + port, path, query, "")


def _get(address: str, *, allow_private: bool) -> tuple[bytes, Message]:
    """The body and headers an address gives. Raises Refused and what urllib raises."""
    opener = urllib.request.OpenerDirector()
    for handler in (
        _Http(allow_private=allow_private),
        _Https(allow_private=allow_private),
        _Redirects(),
        urllib.request.HTTPDefaultErrorHandler(),
        urllib.request.HTTPErrorProcessor(),
        urllib.request.UnknownHandler(),
    ):
        opener.add_handler(handler)
    request = urllib.request.Request(address, headers={"User-Agent": "thidua", "Accept": "*/*"})  # noqa: S310  # http(s) only
    until = time.monotonic() + _SECONDS
    with opener.open(request, timeout=_PATIENCE) as answer:
        headers: Message = answer.headers
        if not _TYPES.match(headers.get_content_type()):
            raise Refused(f"địa chỉ này không phải văn bản ({headers.get_content_type()})")
        if headers.get("Content-Encoding", "identity").lower() != "identity":
            raise Refused("máy chủ gửi nội dung nén mà chương trình không yêu cầu")
        declared = headers.get("Content-Length", "")
        data = bytearray()
        while True:
            if len(data) > limits.SIZE or (declared.isdecimal() and int(declared) > limits.SIZE):
                raise Refused(f"nội dung lớn hơn {limits.SIZE // 1_000_000} MB")
            if time.monotonic() > until:
                raise TimeoutError
            piece = answer.read1(_PIECE)
            if not piece:
                return bytes(data), headers
            data += piece


def _kept(data: bytes, headers: Message) -> tuple[str, bytes]:
    """The suffix and bytes to keep: a page in the code its server named is turned into UTF-8. Raises Refused."""
    named = {"text/html": ".html", "application/xhtml+xml": ".html", "text/plain": ".txt"}
    suffix = named.get(headers.get_content_type(), "")
    kind = kind_of(data, suffix)
    if kind is None or not data.strip():
        raise Refused("nội dung không phải văn bản đọc được")
    charset = headers.get_content_charset()
    if charset and kind in {Kind.PAGE, Kind.TEXT}:
        with contextlib.suppress(LookupError, UnicodeError):  # a server wrong about its own page: the reader will see
            data = data.decode(charset).encode("utf-8")
    return _SUFFIX.get(kind, ".png"), data


def _check(connection: http.client.HTTPConnection, *, allow_private: bool) -> None:
    """What was reached must be a public address, whatever the name resolved to a moment ago. Raises Refused."""
    address = ipaddress.ip_address(connection.sock.getpeername()[0].partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    if not allow_private and not address.is_global:
        connection.close()
        raise Refused("địa chỉ thuộc mạng nội bộ")


def _look(host: str, port: int, *, allow_private: bool) -> None:
    """Refuse a name of the inner network before anything is sent there. Raises Refused and OSError."""
    for *_, (address, *_rest) in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
        if not allow_private and not ipaddress.ip_address(str(address).partition("%")[0]).is_global:
            raise Refused("địa chỉ thuộc mạng nội bộ")


class _Http(urllib.request.HTTPHandler):
    def __init__(self, *, allow_private: bool) -> None:
        super().__init__()
        self._allow_private = allow_private

    def http_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        allow = self._allow_private

        class Connection(http.client.HTTPConnection):
            def connect(self) -> None:
                _look(self.host, self.port, allow_private=allow)
                super().connect()
                _check(self, allow_private=allow)

        return self.do_open(Connection, req)


class _Https(urllib.request.HTTPSHandler):
    def __init__(self, *, allow_private: bool) -> None:
        super().__init__()
        self._allow_private = allow_private

    def https_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        allow = self._allow_private

        class Connection(http.client.HTTPSConnection):
            def connect(self) -> None:
                _look(self.host, self.port, allow_private=allow)
                super().connect()
                _check(self, allow_private=allow)

        return self.do_open(Connection, req)


class _Redirects(urllib.request.HTTPRedirectHandler):
    max_redirections = _REDIRECTS
    max_repeats = 2
