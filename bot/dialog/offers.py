"""What a place looks like: its text and the choices about to be offered. Pure."""

from __future__ import annotations

from typing import NamedTuple

from bot.dialog.conversation import Action


class Option(NamedTuple):
    """A choice about to be offered."""

    action: Action
    label: str
    argument: str = ""


class View(NamedTuple):
    text: str
    options: tuple[Option, ...] = ()
