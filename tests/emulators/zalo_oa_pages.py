"""Zalo's page on which an account's administrator agrees, as a browser meets it; a part of `zalo_oa_server`."""

from __future__ import annotations

from html import escape
from typing import Any, Protocol
from urllib.parse import urlencode

from loopback import Call, Refused

PAGE = """<!doctype html><html lang="vi"><meta charset="utf-8"><title>Zalo</title>
<h1>{account}</h1><p>Ứng dụng {app} xin quyền quản lý OA này.</p><p><a href="{agreed}">Cho phép</a></p></html>"""


class Account(Protocol):
    app_id: str
    oa_id: str
    oa_name: str

    def consent(self, challenge: str = "") -> str: ...


def permission(server: Account, call: Call) -> Any:
    """The page; its link leads back with a code, as the administrator's agreement does."""
    asked = call.arguments
    if asked.get("app_id") != server.app_id:
        raise Refused(-14002, "Invalid app")
    if not str(asked.get("redirect_uri")).startswith(("https://", "http://127.0.0.1")):
        raise Refused(-14003, "Invalid redirect uri")
    back = {"code": server.consent(asked.get("code_challenge", "")), "oa_id": server.oa_id}
    back |= {"state": asked["state"]} if "state" in asked else {}
    agreed = escape(f"{asked['redirect_uri']}?{urlencode(back)}")
    return PAGE.format(account=escape(server.oa_name), app=escape(server.app_id), agreed=agreed)
