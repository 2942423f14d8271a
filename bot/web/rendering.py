"""Templates and the few filters they use; everything is escaped unless `markup.to_html` made it.

Routes get at it, and through it at the services, by `Here`: nothing of the application is a module's global.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from secrets import token_hex
from typing import Annotated, Final

from fastapi import Depends, Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from bot.dialog.phrases import place, size
from bot.messages import Address
from bot.web import wording
from bot.web.markup import to_html
from bot.web.services import Services

HERE: Final = Path(__file__).parent


class Pages:
    """Renders this application's templates in its time zone."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self._environment = Environment(
            loader=FileSystemLoader(HERE / "templates"),
            autoescape=select_autoescape(default=True),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters |= {
            "to_html": to_html,
            "clock": self.clock,
            "day": self.day,
            "place": place,
            "size": size,
            "channel": channel_name,
        }
        self._environment.globals |= {
            "title": services.title,
            "demo": services.demo,
            "fresh_key": lambda: token_hex(12),
            "STATES": wording.STATES,
            "SECTION_STATES": wording.SECTION_STATES,
            "REMINDER_STATES": wording.REMINDER_STATES,
        }

    def render(self, template: str, **values: object) -> Markup:
        return Markup(self._environment.get_template(template).render(**values))  # noqa: S704 - the output of autoescape

    def clock(self, moment: datetime) -> str:
        """15:04, with the day in front unless it is today."""
        local, today = (
            moment.astimezone(self.services.zone),
            self.services.clock().astimezone(self.services.zone).date(),
        )
        return f"{local:%H:%M}" if local.date() == today else f"{local:%H:%M %d/%m/%Y}"

    def day(self, moment: datetime) -> str:
        """thứ Hai 23/11/2026, 08:00."""
        local = moment.astimezone(self.services.zone)
        return f"{wording.WEEKDAYS[local.weekday()]} {local:%d/%m/%Y, %H:%M}"


def channel_name(address: Address) -> str:
    """Where somebody is reached, without the id there: a browser's id is a secret, others are personal data."""
    return wording.CHANNELS.get(address.channel, address.channel)


async def pages_of(request: Request) -> Pages:
    """The pages of the application that serves this request."""
    pages: Pages = request.app.state.pages
    return pages


Here = Annotated[Pages, Depends(pages_of)]
