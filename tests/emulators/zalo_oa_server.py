"""A Zalo Official Account on 127.0.0.1, over real HTTP: OAuth v4 at `oauth_url`, the open API at `api_url`.

People act by methods of `Follower`, and what they are told is in `received`; `deliver` calls the webhook, signed. Time
is `clock`: tokens, uploads and the 48 hours and 7 days of interaction go by it alone. `codes` are the disputed numbers.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, Literal

from loopback import Call, Chat, Delivery, Emulator, File, Message, Refused, Reply, as_json, running
from zalo_oa_pages import permission

Seal = Literal["right", "bare", "upper", "wrong", "hmac", "missing"]
RETRIES = [timedelta(minutes=minutes) for minutes in (0, 0.5, 5, 15, 30, 60)]  # pauses before each attempt
UPLOADS = {"image": ("jpg jpeg png", 1), "gif": ("gif", 5), "file": ("pdf doc docx csv", 5)}  # endings, most MB
BUTTONS = dict.fromkeys(["oa.query.show", "oa.query.hide"], str)
BUTTONS |= dict.fromkeys(["oa.open.url", "oa.open.phone", "oa.open.sms"], dict)
NEVER = datetime(1970, 1, 1, tzinfo=UTC)
HANOI = timezone(timedelta(hours=7))


def failure(code: int, message: str = "") -> dict[str, Any]:
    """A refusal, for a `Fault(200, failure(-32))`: this platform says no with HTTP 200."""
    return {"error": code, "message": message}


@dataclass
class Tokens:
    """A pair issued. `spent`: the refresh token was used. `dead`: the access token was withdrawn."""

    access: str
    refresh: str
    issued: datetime
    spent: bool = False
    dead: bool = False


@dataclass(frozen=True)
class Upload(File):
    kind: str
    at: datetime


@dataclass
class Follower(Chat):
    """Somebody with Zalo, following or not; having `interacted` opens the window for messages."""

    follows: bool = False
    interacted: datetime = NEVER
    shared: dict[str, str] = field(default_factory=dict)  # with the account, by user_submit_info

    def says(self, text: str, **message: Any) -> dict[str, Any]:
        return self._sends("text", "text", text, text=text, **message)

    def picks(self, number: int) -> dict[str, Any]:
        """Press the button of that number; if the last message has none, say a number that is to be seen in it."""
        payload = self.unread[-1].body.get("attachment", {}).get("payload", {}) if self.unread else {}
        if "buttons" not in payload:
            self.numbered(number)
            return self.says(str(number))
        pressed = payload["buttons"][number - 1]["payload"]
        self.interacted = self.emulator.clock.now
        return self.says(pressed) if isinstance(pressed, str) else {}  # what opens a page or a call is no event

    def sends_photo(self, content: bytes = b"\xff\xd8\xff a photo", text: str = "", **payload: Any) -> dict[str, Any]:
        url = self.emulator.keep("anh.jpg", content)
        caption = {"text": text} if text else {}
        return self._sends("image", "photo", text, {"url": url, "thumbnail": url} | payload, **caption)

    def sends_file(self, name: str, content: bytes, **payload: Any) -> dict[str, Any]:
        """`payload` replaces what Zalo says of the file; None takes it out."""
        known = {"url": self.emulator.keep(name, content), "name": name, "size": str(len(content))}
        known |= {"type": name.rpartition(".")[2], "checksum": hashlib.md5(content).hexdigest()} | payload
        return self._sends("file", "file", name, {key: value for key, value in known.items() if value is not None})

    def sends_audio(self, content: bytes = b"\xff\xf1 a voice", **payload: Any) -> dict[str, Any]:
        return self._sends("audio", "voice", "", {"url": self.emulator.keep("voice.aac", content)} | payload)

    def sends_sticker(self, sticker: str = "bfe458bf64fa8da4d4eb", **payload: Any) -> dict[str, Any]:
        url = self.emulator.keep("sticker.png", b"\x89PNG a sticker")
        return self._sends("sticker", "sticker", "", {"id": sticker, "url": url} | payload)

    def begins_to_follow(self) -> dict[str, Any]:
        self.follows, self.interacted = True, self.emulator.clock.now
        return self.emulator.tell(self, "follow", follower={"id": self.id}, source="oa_profile")

    def unfollows(self) -> dict[str, Any]:
        self.follows = False
        return self.emulator.tell(self, "unfollow", follower={"id": self.id})

    def does(self, event_name: str, **fields: Any) -> dict[str, Any]:
        """Any other event that has a sender, such as user_seen_message(message={"msg_ids": […]})."""
        ends = {"sender": {"id": self.id}, "recipient": {"id": self.emulator.oa_id}}
        return self.emulator.tell(self, event_name, **ends | fields)

    def _sends(self, event: str, row: str, text: str, payload: Any = None, /, **message: Any) -> dict[str, Any]:
        """An event, and a row of the conversation."""
        self.read, self.interacted, server = len(self.received), self.emulator.clock.now, self.emulator
        kind, message = server.attachment_types.get(event, event), {"msg_id": server.new_id()} | message
        attached = {} if payload is None else {"attachments": [{"type": kind, "payload": payload}]}
        inside, beside = ({}, attached) if server.attachments_at_top else (attached, {})
        server.log(self, 1, message["msg_id"], row, text, **({"url": payload["url"]} if payload else {}))
        return self.does(f"user_send_{event}", message=message | inside, **beside)


@dataclass
class ZaloOAServer(Emulator):
    """The account's visible state, and the switches of its moods."""

    app_id: str = "1001"
    app_secret: str = "app-secret-demo"
    oa_secret: str = "oa-secret-demo"  # signs webhooks; another one than the app's
    oa_id: str = "3003"
    oa_name: str = "Ban Thi đua"
    webhook_url: str = ""  # set in the console, not by the API; `probe` is what setting it sends
    people: dict[str, Follower] = field(default_factory=dict)
    consents: dict[str, tuple[str, datetime]] = field(default_factory=dict)  # by code: PKCE challenge, when given
    tokens: list[Tokens] = field(default_factory=list)
    uploads: dict[str, Upload] = field(default_factory=dict)
    templates: dict[str, set[str]] = field(default_factory=dict)  # the approved ones: the fields each wants
    rows: list[dict[str, Any]] = field(default_factory=list)  # what listrecentchat and conversation tell, newest last
    billed: int = 0  # messages after 48 hours, and templates

    codes: dict[str, int] = field(
        default_factory=lambda: {
            "request": -14004, "code": -14006, "refresh": -14014,
            "invalid": -216, "expired": -220, "window": -230, "blocked": -244,
        }
    )  # fmt: skip
    refuses: int = 0  # every call of the API: -221 unverified, -224 package too low, -32 too many calls
    expiry_is_text: bool = True
    refresh_kills_access: bool = True  # the old access token dies when a pair is refreshed
    unfollowed_reachable: bool = True  # who wrote but does not follow can be answered; else -213
    page: int = 10  # most rows at a time of listrecentchat and conversation
    file_id_key: Literal["token", "attachment_id"] = "token"
    attachment_types: dict[str, str] = field(default_factory=dict)  # {"image": "photo"}: as one note shows it
    attachments_at_top: bool = False  # beside `message`, as one note shows them
    escaped: bool = False  # webhook bodies have \u escapes instead of letters

    @property
    def oauth_url(self) -> str:
        return self.url + "/oauth"  # for https://oauth.zaloapp.com

    @property
    def api_url(self) -> str:
        return self.url + "/openapi"  # for https://openapi.zalo.me

    def person(self, name: str = "Lan", *, follows: bool = True) -> Follower:
        """Somebody who has just followed, or has never had to do with the account; there is no event."""
        known = Follower(str(2002 + len(self.people)), name, self, follows=follows)
        known.interacted = self.clock.now if follows else NEVER
        return self.people.setdefault(known.id, known)

    def consent(self, challenge: str = "") -> str:
        """An administrator agrees: the code that comes back to us."""
        self.consents[code := self.new_id()] = (challenge, self.clock.now)
        return code

    def issue(self) -> Tokens:
        """A new pair, as from Zalo's API Explorer."""
        self.tokens.append(Tokens(f"A-{self.new_id()}", f"R-{self.new_id()}", self.clock.now))
        return self.tokens[-1]

    # --- the webhook's caller

    def tell(self, person: Follower, event_name: str, **fields: Any) -> dict[str, Any]:
        head = {"app_id": self.app_id} | ({} if "sender" in fields else {"oa_id": self.oa_id})
        head |= {"event_name": event_name, "user_id_by_app": str(2 * int(person.id))}
        return self.emit(head | fields | {"timestamp": str(self.clock.milliseconds)})

    def sealed(self, event: dict[str, Any], seal: Seal = "right") -> tuple[bytes, dict[str, str]]:
        """Body and headers of a webhook call, signed with a plain SHA-256, unless as somebody's HMAC."""
        raw = as_json(event, escaped=self.escaped).encode()
        told = [self.app_id.encode(), raw, str(event.get("timestamp", "")).encode(), self.oa_secret.encode()]
        mac = hashlib.sha256(b"".join(told)).hexdigest()
        keyed = hmac.new(self.oa_secret.encode(), raw, "sha256").hexdigest()
        said = {"bare": mac, "upper": f"mac={mac.upper()}", "wrong": f"mac={mac[::-1]}", "hmac": f"mac={keyed}"}
        header = {} if seal == "missing" else {"X-ZEvent-Signature": said.get(seal, f"mac={mac}")}
        return raw, {"Content-Type": "application/json"} | header

    def deliver(self, event: dict[str, Any] | None = None, seal: Seal = "right", num_retry: int = 0) -> Delivery:
        raw, own = self.sealed(self.due(event), seal)
        retry = {"num_retry": str(num_retry)} if num_retry else {}
        return self.post(self.webhook_url, raw, own | retry)

    def deliver_stubbornly(self, event: dict[str, Any] | None = None) -> list[Delivery]:
        """Post until it is accepted, putting the clock on by Zalo's pauses; after the last the webhook is off."""
        event, made = self.due(event), []
        for number, pause in enumerate(RETRIES):
            self.clock.now += pause
            made.append(self.deliver(event, num_retry=number))
            if made[-1].accepted:
                return made
        self.webhook_url = ""
        return made

    def probe(self, raw: bytes = b"{}") -> Delivery:
        """What saving the URL in the console sends: nothing or `{}`, unsigned."""
        return self.post(self.webhook_url, raw, {"Content-Type": "application/json"})

    # --- what every call goes through

    def name(self, path: str) -> str:
        return path.strip("/").partition("/")[2]

    def answer(self, call: Call) -> Reply:
        verb, served, method = METHODS.get(call.name, ("", "", None))
        if not method or (call.verb, call.path) != (verb, f"/{served}/{call.name}"):
            return Reply("not found", 404)
        with self.changed:
            try:
                if served == "oauth":
                    return Reply(method(self, call))
                self._admit(call.headers.get("access_token"))
                return Reply({"error": 0, "message": "Success", "data": method(self, call)})
            except Refused as no:
                named = dict.fromkeys(["error_name", "error_reason"], no.description)
                return Reply({"error": no.code} | (named if served == "oauth" else {"message": no.description}))

    def _admit(self, access: str | None) -> None:
        issued = next((one for one in self.tokens if one.access == access), None)
        if not issued:
            raise Refused(self.codes["invalid"], "Access token is invalid")
        if issued.dead or self.clock.now >= issued.issued + timedelta(hours=25):
            raise Refused(self.codes["expired"], "Access token has expired")
        if self.refuses:
            raise Refused(self.refuses)

    def _access_token(self, call: Call) -> dict[str, Any]:
        form, kind = call.arguments, call.headers.get("content-type")
        known = (call.headers.get("secret_key"), form.get("app_id")) == (self.app_secret, self.app_id)
        if not known or kind != "application/x-www-form-urlencoded" or form.get("grant_type") not in GRANTS:
            raise Refused(self.codes["request"], "Invalid app, secret key or grant type")
        GRANTS[form["grant_type"]](self, form)
        new, text = self.issue(), str if self.expiry_is_text else int
        lasts = {"expires_in": text(90_000), "refresh_token_expires_in": text(7_776_000)}
        return {"access_token": new.access, "refresh_token": new.refresh} | lasts

    def _exchange(self, form: dict[str, Any]) -> None:
        challenge, at = self.consents.pop(form.get("code", ""), ("", NEVER))
        proof = base64.urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        if self.clock.now > at + timedelta(minutes=10) or challenge not in {"", proof.decode().rstrip("=")}:
            raise Refused(self.codes["code"], "Invalid code or code verifier")

    def _refresh(self, form: dict[str, Any]) -> None:
        old = next((one for one in self.tokens if one.refresh == form.get("refresh_token")), None)
        if not old or old.spent or self.clock.now >= old.issued + timedelta(days=90):
            raise Refused(self.codes["refresh"], "Invalid refresh token")
        old.spent, old.dead = True, self.refresh_kills_access

    def _customer_service(self, call: Call) -> dict[str, Any]:
        person, message = self._known(call.arguments.get("recipient")), call.arguments.get("message") or {}
        kind, silent = self._kind(message), self.clock.now - person.interacted
        if person.blocked:
            raise Refused(self.codes["blocked"], "The user does not want messages")
        if not person.follows and (person.interacted == NEVER or not self.unfollowed_reachable):
            raise Refused(-213, "The user does not follow")
        if silent > timedelta(days=7):
            raise Refused(self.codes["window"], "The user has not interacted in the past 7 days")
        free = silent <= timedelta(hours=48)
        sent = self._sent(person, kind, message, free=free)
        return sent | {"quota": {"quota_type": "reply" if free else "purchase_quota"}}

    def _kind(self, message: dict[str, Any]) -> str:
        """What sort of message it is, if it can be sent at all."""
        attachment = message.get("attachment") or {}
        payload = attachment.get("payload", {})
        element = (payload.get("elements") or [{}])[0]
        if len(message.get("text", "")) > 2000:
            raise Refused(-201, "The text is too long")
        match attachment.get("type"), payload.get("template_type"), element.get("media_type"):
            case None, _, _ if message.get("text"):
                return "text"
            case "file", _, _:
                return self._uploaded(payload.get("token"), "file")
            case "template", "media", ("image" | "gif" | "sticker") as kind:
                linked = str(element.get("url")).startswith("https://")
                return kind if linked or kind == "sticker" else self._uploaded(element.get("attachment_id"), kind)
            case "template", "request_user_info", _ if element.get("title"):
                return "request_user_info"
            case "template", None | "button", _ if _pressable(payload.get("buttons")):
                return "buttons"
        raise Refused(-201, "A parameter is invalid")

    def _uploaded(self, upload_id: Any, kind: str) -> str:
        upload = self.uploads.get(str(upload_id))
        if not upload or upload.kind != kind:
            raise Refused(-201, "The attachment is invalid")
        if self.clock.now > upload.at + timedelta(days=7):
            raise Refused(-100, "The attachment has expired")
        return kind

    def _sent(self, person: Follower, kind: str, body: dict[str, Any], *, free: bool = False) -> dict[str, Any]:
        self.use_quota(-211)
        self.billed += not free
        message = Message(self.new_id(), kind, str(body.get("text", "")), body, self.clock.now)
        person.received.append(message)
        self.log(person, 0, message.id, "text", message.text)
        return {"message_id": message.id, "user_id": person.id, "sent_time": str(self.clock.milliseconds)}

    def _template(self, call: Call) -> dict[str, Any]:
        given = call.arguments
        wanted = self.templates.get(str(given.get("template_id")))
        if wanted is None or wanted - set(given.get("template_data", {})):
            raise Refused(-249 if wanted is None else -201, "No such template, or a field is missing")
        return self._sent(self._known(given), "template", given)

    def _upload(self, call: Call) -> dict[str, Any]:
        kind, file = call.name.rpartition("/")[2], call.files.get("file")
        endings, most = UPLOADS[kind]
        if not file or file.name.lower().rpartition(".")[2] not in endings.split():
            raise Refused(-201, "The file is invalid")
        if len(file.content) > most << 20:
            raise Refused(-210, "The file is too large")
        upload_id = self.new_id()
        self.uploads[upload_id] = Upload(file.name, file.content, kind, self.clock.now)
        return {self.file_id_key if kind == "file" else "attachment_id": upload_id}

    def _known(self, given: Any) -> Follower:
        person = self.people.get(str((given or {}).get("user_id")))
        if not person:
            raise Refused(-201, "user_id is invalid")
        return person

    def _detail(self, call: Call) -> dict[str, Any]:
        person = self._known(_data(call))
        if not person.follows and person.interacted == NEVER:
            raise Refused(-213, "The user does not follow")
        return {
            "user_id": person.id, "user_id_by_app": str(2 * int(person.id)), "display_name": person.name,
            "user_alias": person.name, "is_sensitive": False, "user_is_follower": person.follows, "avatar": "",
            "user_last_interaction_date": f"{person.interacted.astimezone(HANOI):%d/%m/%Y}",
            "tags_and_notes_info": {"notes": [], "tag_names": []}, "shared_info": person.shared,
        }  # fmt: skip

    def _list(self, call: Call) -> dict[str, Any]:
        asked = {"offset": 0, "count": 50} | _data(call)
        if not 0 < asked["count"] <= 50 or not 0 <= asked["offset"] <= 9951:
            raise Refused(-201, "offset or count is invalid")
        ids = [one.id for one in self.people.values() if one.follows is asked.get("is_follower", one.follows)]
        page = [{"user_id": one} for one in ids[asked["offset"] :][: asked["count"]]]
        return asked | {"total": len(ids), "users": page}

    def _rows(self, call: Call) -> list[dict[str, Any]]:
        """Messages, newest first: everybody's, or one person's."""
        asked = {"offset": 0, "count": 5} | _data(call)
        user = self._known(asked).id if call.name.endswith("conversation") else None
        rows = [row for row in reversed(self.rows) if user is None or user in {row["from_id"], row["to_id"]}]
        return rows[asked["offset"] :][: min(asked["count"], self.page)]

    def log(self, person: Follower, source: int, message_id: str, kind: str, text: str, **more: Any) -> None:
        ends = [(self.oa_id, self.oa_name), (person.id, person.name)]
        (from_id, from_name), (to_id, to_name) = reversed(ends) if source else ends
        self.rows.append({
            "src": source, "time": self.clock.milliseconds, "message_id": message_id, "type": kind, "message": text,
            "sent_time": f"{self.clock.now.astimezone(HANOI):%X %d/%m/%Y}",
            "from_id": from_id, "from_display_name": from_name, "to_id": to_id, "to_display_name": to_name,
        } | more)  # fmt: skip


def _data(call: Call) -> dict[str, Any]:
    """What a GET was asked: one query parameter of JSON."""
    try:
        return dict(json.loads(call.arguments["data"]))
    except (KeyError, ValueError, TypeError):
        raise Refused(-201, "data is invalid") from None


def _pressable(buttons: list[dict[str, Any]] | None) -> bool:
    fit = [len(one["title"]) <= 100 and BUTTONS.get(one["type"]) is type(one["payload"]) for one in buttons or ()]
    return 1 <= len(fit) <= 5 and all(fit)


GRANTS = {"authorization_code": ZaloOAServer._exchange, "refresh_token": ZaloOAServer._refresh}
METHODS: dict[str, tuple[str, str, Callable[[ZaloOAServer, Call], Any]]] = {
    "v4/oa/permission": ("GET", "oauth", permission),
    "v4/oa/access_token": ("POST", "oauth", ZaloOAServer._access_token),
    "v3.0/oa/message/cs": ("POST", "openapi", ZaloOAServer._customer_service),
    "v3.0/oa/message/template": ("POST", "openapi", ZaloOAServer._template),
    **{f"v2.0/oa/upload/{kind}": ("POST", "openapi", ZaloOAServer._upload) for kind in UPLOADS},
    "v3.0/oa/user/detail": ("GET", "openapi", ZaloOAServer._detail),
    "v3.0/oa/user/getlist": ("GET", "openapi", ZaloOAServer._list),
    "v2.0/oa/getoa": ("GET", "openapi", lambda server, _: {"oa_id": server.oa_id, "name": server.oa_name}),
    **{f"v2.0/oa/{rows}": ("GET", "openapi", ZaloOAServer._rows) for rows in ("listrecentchat", "conversation")},
}


@contextmanager
def zalo_oa_server(**switches: Any) -> Iterator[ZaloOAServer]:
    """An account with an app; nobody follows it and no token is issued yet."""
    with running(ZaloOAServer(**switches)) as server:
        yield server
