"""Settings: read once, at the entrance, from THIDUA_* variables; everything below gets plain values.

Bad settings raise `SettingsError`, one clear line in Vietnamese a setting.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class SettingsError(Exception):
    """A setting cannot be used; the message says which and why."""


class Settings(BaseSettings):
    """All there is to set. Each field's description is its row in the README's table (a test compares the two)."""

    model_config = SettingsConfigDict(env_prefix="THIDUA_", frozen=True, extra="ignore")

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

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

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
        case "string_pattern_mismatch":
            return "giá trị không nằm trong các giá trị cho phép"
        case _:
            return message.removeprefix("Value error, ")
