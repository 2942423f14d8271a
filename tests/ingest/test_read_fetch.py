"""A web address as a file: within limits, from public addresses only, and read like any other."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from ingest.read import Unreadable, read
from ingest.reading import fetch as fetching
from ingest.reading import limits
from ingest.reading.fetch import fetch, is_address

PAGE = "<html><body><nav><a href='/'>Trang chủ</a></nav><p>Số: 01/HD-HĐ</p><p>Thi đua</p></body></html>"


class Site(BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path.startswith("/loop"):
            self.answer(302, {"Location": "/loop?" + "x" * len(self.path)})
        elif self.path.startswith("/to-file"):
            self.answer(302, {"Location": "file:///etc/hostname"})
        elif self.path == "/missing":
            self.answer(404, {})
        elif self.path == "/film":
            self.answer(200, {"Content-Type": "video/mp4"}, b"x")
        elif self.path == "/big":
            self.answer(200, {"Content-Type": "text/html", "Content-Length": str(10**12)})
        elif self.path == "/flood":
            self.answer(200, {"Content-Type": "text/html"}, b"<p>x</p>" * 400)
        elif self.path == "/old":
            self.answer(200, {"Content-Type": "text/html; charset=utf-16"}, PAGE.encode("utf-16"))
        else:
            self.answer(200, {"Content-Type": "text/html"}, PAGE.encode())

    def answer(self, status, headers, body=b""):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        """Say nothing."""


@pytest.fixture
def site():
    with ThreadingHTTPServer(("127.0.0.1", 0), Site) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("path", ["/van-ban/hướng dẫn?số=1", "/old"])
def test_a_page_is_fetched_and_read_without_what_is_around_it(site, tmp_path, path):
    file = fetch(site + path, tmp_path / "web", allow_private=True)
    assert file.parent == tmp_path / "web"
    assert file.suffix == ".html"
    assert read(file) == "Số: 01/HD-HĐ\nThi đua"
    assert fetch(site + path, tmp_path / "web", allow_private=True) == file
    assert len(list((tmp_path / "web").iterdir())) == 1


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/loop", "máy chủ trả lời mã 302"),
        ("/to-file", "máy chủ trả lời mã 302"),
        ("/missing", "máy chủ trả lời mã 404"),
        ("/film", "không phải văn bản"),
        ("/big", "lớn hơn"),
    ],
)
def test_what_is_no_text_or_too_much_is_named_with_its_reason(site, tmp_path, path, reason):
    with pytest.raises(Unreadable) as error:
        fetch(site + path, tmp_path, allow_private=True)
    assert reason in str(error.value)
    assert f"địa chỉ “{site}{path}”" in str(error.value)
    assert not list(tmp_path.iterdir())


def test_what_comes_is_counted_whatever_was_declared(site, tmp_path, monkeypatch):
    monkeypatch.setattr(limits, "SIZE", 1_000)
    with pytest.raises(Unreadable, match="lớn hơn"):
        fetch(f"{site}/flood", tmp_path, allow_private=True)


def test_a_slow_server_is_left(site, tmp_path, monkeypatch):
    monkeypatch.setattr(fetching, "_SECONDS", -1)
    with pytest.raises(Unreadable, match="quá chậm"):
        fetch(f"{site}/", tmp_path, allow_private=True)


def test_the_inner_network_is_not_asked(site, tmp_path):
    for address in (site, site.replace("127.0.0.1", "localhost"), site.replace("127.0.0.1", "[::ffff:127.0.0.1]")):
        with pytest.raises(Unreadable, match="mạng nội bộ"):
            fetch(address, tmp_path)


@pytest.mark.parametrize("address", ["http://", "https://a:b@c/", "http://x:99999/", "http://[x/", "http://a..b/"])
def test_what_is_no_address_is_said(tmp_path, address):
    assert is_address(address)
    with pytest.raises(Unreadable, match="viết chưa đúng"):
        fetch(address, tmp_path)


def test_a_file_is_no_address():
    assert not is_address("van-ban/http.txt")
