"""Read the days off from a TOML file (`bot/holidays.toml` unless staff keep their own) into a `Calendar`."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from bot.reminders import Calendar

BUNDLED = Path(__file__).with_name("holidays.toml")


class Holiday(BaseModel):
    """One occasion and the days off it gives; `provisional` while the yearly notice is not known."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    days: tuple[date, ...]
    provisional: bool = False


class Year(BaseModel):
    """The days off of one calendar year and where they come from."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    year: int
    source: str
    provisional: bool = False
    holidays: tuple[Holiday, ...] = ()
    working_saturdays: tuple[date, ...] = ()


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    year: tuple[Year, ...]


def load_years(path: Path = BUNDLED) -> tuple[Year, ...]:
    """The years of a holiday file. Raises pydantic's ValidationError or tomllib's TOMLDecodeError on a wrong file."""
    return _File.model_validate(tomllib.loads(path.read_text("utf-8"))).year


def load_calendar(path: Path = BUNDLED) -> Calendar:
    """The calendar of a holiday file: provisional years, and of the others the days of occasions that are."""
    years = load_years(path)
    return Calendar(
        holidays=frozenset(_days(years)),
        working_saturdays=frozenset(day for y in years for day in y.working_saturdays),
        provisional=frozenset(y.year for y in years if y.provisional),
        known=frozenset(y.year for y in years),
        unsure=frozenset(day for y in years for holiday in y.holidays if holiday.provisional for day in holiday.days),
    )


def _days(years: Iterable[Year]) -> Iterable[date]:
    return (day for y in years for holiday in y.holidays for day in holiday.days)
