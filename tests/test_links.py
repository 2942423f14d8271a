"""Signed links: what was made can be read until it expires, by the same secret, for the same purpose, unaltered."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.links import DOWNLOAD_LIFE, UPLOAD_LIFE, Download, Links
from bot.messages import Address

NOW = datetime(2026, 11, 26, 8, 0, tzinfo=UTC)
ADDRESS = Address("zalo_bot", "6ede9afa66b88fe6d6a9")


def token(link):
    return link.rpartition("/")[2]


def links(now=NOW, secret=b"a secret of 32 bytes, or nearly"):
    return Links(secret, "https://thidua.example.vn/", lambda: now)


@given(st.text(max_size=40), st.text(max_size=40), st.text(max_size=40))
def test_what_was_put_in_comes_out(officer, campaign, section):
    link = links().upload(ADDRESS, officer, campaign, section)
    assert link.startswith("https://thidua.example.vn/gui-tep/")
    read = links().read_upload(token(link))
    assert (read.address, read.officer, read.campaign, read.section) == (ADDRESS, officer, campaign, section)
    assert read.until == NOW + UPLOAD_LIFE


def test_it_expires():
    link = links().upload(ADDRESS, "CB01", "tk", "muc-I")
    assert links(NOW + UPLOAD_LIFE - timedelta(seconds=1)).read_upload(token(link))
    assert links(NOW + UPLOAD_LIFE).read_upload(token(link)) is None
    fetched = links().download("abc", "báo cáo.docx")
    assert links(NOW + timedelta(hours=1)).read_download(token(fetched)) == Download("abc", "báo cáo.docx")
    assert links(NOW + DOWNLOAD_LIFE).read_download(token(fetched)) is None


def test_another_secret_another_purpose_or_one_changed_character_is_refused():
    made = token(links().upload(ADDRESS, "CB01", "tk", "muc-I"))
    assert links(secret=b"another secret").read_upload(made) is None
    assert links().read_download(made) is None
    for at in range(len(made)):
        changed = made[:at] + ("A" if made[at] != "A" else "B") + made[at + 1 :]
        assert links().read_upload(changed) is None, at


@given(st.text(max_size=200))
def test_anything_else_is_refused_without_a_word(given):
    assert links().read_upload(given) is None
    assert links().read_download(given) is None
    payload = base64.urlsafe_b64encode(given.encode("utf-8", "replace")).decode().rstrip("=")
    assert links().read_upload(f"{payload}.{links()._signature('gui-tep', payload)}") is None
