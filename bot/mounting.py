"""Which messengers the settings mount, and what holds for each of them."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from pydantic import SecretStr

from bot.channels import Limits, Messenger
from bot.channels.browser import BrowserChannel
from bot.channels.console import ConsoleChannel
from bot.channels.telegram import TelegramChannel
from bot.channels.zalo_bot import ZaloBotChannel
from bot.channels.zalo_oa import MEDIA_HOSTS, ZaloOAChannel
from bot.config import Settings, SettingsError
from bot.delivery import Pace
from bot.doctor import Setup
from bot.known import open_knowledge
from bot.links import Links
from bot.store import Store

# Limits of every channel there is, mounted here or not: a message may be decided by a process that does not deliver it.
LIMITS: Final[Mapping[str, Limits]] = {
    channel.name: channel.limits
    for channel in (BrowserChannel, ConsoleChannel, TelegramChannel, ZaloBotChannel, ZaloOAChannel)
}
WEBHOOKS: Final[Mapping[str, str]] = {"telegram": "telegram", "zalo_bot": "zalo-bot", "zalo_oa": "zalo-oa"}
OWN_SECRET: Final = "links"  # the state that keeps it # noqa: S105 -- a name


def messengers_of(settings: Settings, store: Store, clock: Callable[[], datetime]) -> dict[str, Messenger]:
    """The messengers whose tokens are set, by name. Raises SettingsError."""
    mounted: list[Messenger] = []
    if token := _plain(settings.telegram_token):
        mounted.append(
            TelegramChannel(
                token,
                base_url=settings.telegram_base_url,
                secret=_plain(settings.telegram_webhook_secret),
                polling=settings.telegram_mode == "polling",
            )
        )
    if token := _plain(settings.zalo_bot_token):
        mounted.append(
            ZaloBotChannel(
                token,
                base_url=settings.zalo_bot_base_url,
                secret=_plain(settings.zalo_bot_webhook_secret),
                polling=settings.zalo_bot_mode == "polling",
                clock=clock,
            )
        )
    if settings.zalo_oa_app_id:
        mounted.append(_official_account(settings, settings.zalo_oa_app_id, store, clock))
    return {messenger.name: messenger for messenger in mounted}


def _official_account(settings: Settings, app_id: str, store: Store, clock: Callable[[], datetime]) -> ZaloOAChannel:
    app_secret, secret_key = _plain(settings.zalo_oa_app_secret), _plain(settings.zalo_oa_secret_key)
    if not app_secret or not secret_key:
        raise SettingsError("Đã đặt THIDUA_ZALO_OA_APP_ID thì cần cả THIDUA_ZALO_OA_APP_SECRET và _SECRET_KEY.")
    return ZaloOAChannel(
        app_id=app_id,
        app_secret=app_secret,
        secret_key=secret_key,
        states=store,
        clock=clock,
        last_heard=store.last_heard,
        base_url=settings.zalo_oa_base_url,
        oauth_url=settings.zalo_oa_oauth_url,
        refresh_token=_plain(settings.zalo_oa_refresh_token),
        template=settings.zalo_oa_template,
        media_hosts=(*MEDIA_HOSTS, urlsplit(settings.zalo_oa_base_url).hostname or ""),
    )


def webhook_of(messenger: Messenger, settings: Settings) -> str | None:
    """Where this messenger is told to call us; None where it is asked, or where nobody could reach us."""
    if messenger.polling or settings.public_url is None:
        return None
    return f"{settings.public_url}/webhooks/{WEBHOOKS[messenger.name]}"


def paces_of(settings: Settings, messengers: Mapping[str, Messenger]) -> dict[str, Pace]:
    """How fast each messenger is written to; our own pages and terminals are not held back."""
    return dict.fromkeys(messengers, Pace(settings.pace_chat, settings.pace_overall))


def setup_of(
    settings: Settings, store: Store, clock: Callable[[], datetime], messengers: Mapping[str, Messenger]
) -> Setup:
    """What the doctor examines."""
    servers = {
        "telegram": settings.telegram_base_url,
        "zalo_bot": settings.zalo_bot_base_url,
        "zalo_oa": settings.zalo_oa_base_url,
    }
    chosen = {
        "telegram": (settings.telegram_mode, settings.telegram_webhook_secret),
        "zalo_bot": (settings.zalo_bot_mode, settings.zalo_bot_webhook_secret),
    }
    return Setup(
        data_dir=settings.data_dir,
        store=store,
        clock=clock,
        timezone=settings.timezone,
        knowledge=lambda: open_knowledge(settings, clock),
        messengers=messengers,
        servers={name: servers[name] for name in messengers},
        webhook_secrets={
            n: _plain(secret) for n, (mode, secret) in chosen.items() if n in messengers and mode == "webhook"
        },
        quotas={"zalo_bot": settings.zalo_bot_quota},
        templates={"zalo_oa"} if settings.zalo_oa_template else set(),
        public_url=settings.public_url,
        staff_password=_plain(settings.staff_password),
    )


async def links_of(settings: Settings, store: Store, clock: Callable[[], datetime]) -> Links | None:
    """The maker of links, with a secret that all processes on this database share; None without a public address."""
    if settings.public_url is None:
        return None
    kept = await store.first_state(OWN_SECRET, {"secret": secrets.token_hex(32)})
    return Links(bytes.fromhex(kept["secret"]), settings.public_url, clock)


def _plain(secret: SecretStr | None) -> str | None:
    return secret.get_secret_value() if secret else None
