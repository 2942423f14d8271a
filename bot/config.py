"""Settings: read once, at the entrance, from THIDUA_* variables; everything below gets plain values.

Bad settings raise `SettingsError`, one clear line in Vietnamese a setting.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import time, timedelta
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.reminders import Policy

Mode = Literal["polling", "webhook"]
_CLOCK = r"^([01]\d|2[0-3]):[0-5]\d$"


class SettingsError(Exception):
    """A setting cannot be used; the message says which and why."""


class Settings(BaseSettings):
    """All there is to set. Each field's description is its row in the README's table (a test compares the two)."""

    model_config = SettingsConfigDict(env_prefix="THIDUA_", env_ignore_empty=True, frozen=True, extra="ignore")

    data_dir: Path = Field(Path("data"), description="where all state lives: database, vector index, word index")
    database_url: SecretStr | None = Field(
        None, description="SQLAlchemy URL, e.g. `postgresql+psycopg://…`; default: SQLite (WAL) in the data folder"
    )
    chroma_url: str | None = Field(
        None, description="a Chroma server, e.g. `http://127.0.0.1:8001`; default: embedded in the data folder"
    )
    embeddings: str = Field(
        "bundled",
        description="`bundled` (4-bit multilingual-e5-small), `sentence-transformers:MODEL`, or `module:attribute` "
        "of any LangChain `Embeddings`",
    )
    chat_model: str | None = Field(
        None,
        description="`PROVIDER:MODEL`, a LangChain chat model that puts answers in words, e.g. `ollama:…`; questions "
        "and quoted passages are then sent to that provider; default: none, answers quote",
    )
    chat_timeout: float = Field(
        20.0, gt=0, le=300, description="seconds a reply of the chat model may take; after that the answer quotes"
    )
    timezone: str = Field("Asia/Ho_Chi_Minh", description="time zone of deadlines, reminders and dates shown")
    remind_offsets: str = Field(
        "7,3,1,0",
        pattern=r"^\d{1,2}(,\d{1,2})*$",
        description="working days before the deadline on whose mornings officers are reminded (0: the last day)",
    )
    remind_at: str = Field("08:00", pattern=_CLOCK, description="when in the morning reminders go out")
    remind_quiet: str = Field(
        "20:00-07:00",
        pattern=f"{_CLOCK[:-1]}-{_CLOCK[1:]}",
        description="from–to: no reminder goes out in these hours, nor on a day off; `00:00-00:00`: at any hour",
    )
    remind_digest: bool = Field(
        default=True,
        description="one message an officer and day for all that is due in all rounds (`False`: one for each)",
    )
    remind_leader: int | None = Field(
        None,
        ge=-20,
        le=60,
        description="working days before the deadline (negative: after it) at which the leaders of a unit that has not "
        "submitted are told, and who was reminded; unset: never",
    )
    remind_staff: int | None = Field(
        None, ge=-20, le=60, description="the same for the standing office's own officers; unset: never"
    )
    telegram_token: SecretStr | None = Field(
        None, description="token of the Telegram bot; unset: Telegram is not mounted"
    )
    telegram_base_url: str = Field("https://api.telegram.org", description="Telegram Bot API server, without the token")
    telegram_mode: Mode = Field("polling", description="`polling` (we ask for news) or `webhook` (we are called)")
    telegram_webhook_secret: SecretStr | None = Field(
        None, description="what proves that a call to our webhook comes from Telegram; without it every call is refused"
    )
    zalo_bot_token: SecretStr | None = Field(None, description="token of the Zalo bot; unset: it is not mounted")
    zalo_bot_base_url: str = Field(
        "https://bot-api.zaloplatforms.com", description="Zalo Bot Platform server, without the token"
    )
    zalo_bot_mode: Mode = Field("polling", description="`polling` or `webhook`, as for Telegram")
    zalo_bot_webhook_secret: SecretStr | None = Field(
        None, description="what proves that a call to our webhook comes from Zalo, 8 to 256 characters"
    )
    zalo_bot_quota: int = Field(
        3000, ge=0, description="messages the Zalo bot may send in a month; staff are told at 80 % (0: not metered)"
    )
    zalo_oa_app_id: str | None = Field(
        None, description="application id of the Zalo Official Account; unset: it is not mounted"
    )
    zalo_oa_app_secret: SecretStr | None = Field(None, description="the application's secret key, for tokens")
    zalo_oa_secret_key: SecretStr | None = Field(
        None, description="the OA secret key of the webhook page, which proves its calls"
    )
    zalo_oa_base_url: str = Field("https://openapi.zalo.me", description="Zalo OA server")
    zalo_oa_oauth_url: str = Field("https://oauth.zaloapp.com", description="Zalo's server for tokens and consent")
    zalo_oa_refresh_token: SecretStr | None = Field(
        None, description="the first refresh token; later ones are kept in the database"
    )
    zalo_oa_template: str | None = Field(
        None,
        description="id of an approved message template with one parameter `noi_dung`, for reminders and word of "
        "reports to officers who did not write for seven days",
    )
    public_url: str | None = Field(
        None, description="https address under which this server is reached; for webhooks and file links"
    )
    pace_chat: float = Field(1.0, ge=0, le=60, description="seconds between two messages to one chat of a messenger")
    pace_overall: float = Field(
        20.0, ge=0, le=1000, description="messages a second on one messenger, of each process (0: no limit)"
    )
    keep_files: int = Field(
        30,
        ge=0,
        le=3650,
        description="days that a file is kept which no report, conversation or waiting message needs (0: for ever)",
    )
    host: str = Field("127.0.0.1", description="address that `thidua serve` listens on")
    port: int = Field(8000, ge=0, le=65535, description="port that `thidua serve` listens on")
    staff_password: SecretStr | None = Field(
        None, description="password of the staff desk (user name free); unset: the desk is closed, except in the demo"
    )
    log_level: str = Field(
        "INFO",
        pattern="^(DEBUG|INFO|WARNING|ERROR)$",
        description="DEBUG, INFO, WARNING or ERROR; no level prints message texts",
    )

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"không có múi giờ “{value}”") from error
        return value

    @field_validator("public_url", "telegram_base_url", "zalo_bot_base_url", "zalo_oa_base_url", "zalo_oa_oauth_url")
    @classmethod
    def _web_address(cls, value: str | None) -> str | None:
        if value is not None and not re.fullmatch(r"https?://[^\s/?#]+[^\s?#]*", value):
            raise ValueError("phải là một địa chỉ web, ví dụ https://thidua.example.vn")
        return value.rstrip("/") if value else value

    @property
    def secrets(self) -> tuple[str, ...]:
        """Every secret there is in the settings: none of them may appear in a log, an error or a page."""
        values = (getattr(self, name) for name in type(self).model_fields)
        return tuple(value.get_secret_value() for value in values if isinstance(value, SecretStr))

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    @property
    def policy(self) -> Policy:
        """When officers are reminded."""
        begin, end = map(time.fromisoformat, self.remind_quiet.split("-"))
        return Policy(
            offsets=tuple(map(int, self.remind_offsets.split(","))),
            morning=time.fromisoformat(self.remind_at),
            quiet=(begin, end),
            digest=self.remind_digest,
            leader=self.remind_leader,
            staff=self.remind_staff,
        )

    @property
    def files_kept(self) -> timedelta | None:
        """How long a file is kept that nothing needs; None: for ever."""
        return timedelta(days=self.keep_files) if self.keep_files else None

    @property
    def database(self) -> str:
        """The synchronous form of the database URL."""
        if self.database_url is not None:
            return self.database_url.get_secret_value()
        return f"sqlite:///{self.data_dir.resolve() / 'thidua.db'}"


def load(overrides: Mapping[str, Any] | None = None) -> Settings:
    """Settings from the environment; raises SettingsError."""
    try:
        return Settings(**(overrides or {}))
    except ValidationError as error:
        lines = [
            f"Cài đặt THIDUA_{'_'.join(map(str, e['loc'])).upper()} không dùng được: {_reason(e['type'], e['msg'])}."
            for e in error.errors(include_input=False, include_url=False)
        ]
        raise SettingsError("\n".join(lines)) from None


def _reason(kind: str, message: str) -> str:
    match kind:
        case "float_parsing" | "greater_than":
            return "phải là một số lớn hơn 0, trong khoảng cho phép"
        case "int_parsing" | "greater_than_equal" | "less_than_equal":
            return "phải là một số nguyên trong khoảng cho phép"
        case "string_pattern_mismatch" | "literal_error":
            return "giá trị không nằm trong các giá trị cho phép"
        case _:
            return message.removeprefix("Value error, ")
