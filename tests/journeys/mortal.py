"""A process that dies: handle what one officer writes, and be killed (SIGKILL) right after a given step.

    python mortal.py DATA_DIR MESSAGES(json: [[id, text], …]) [STEP COUNT]

Without a step it lives and prints the officer's view of the dialogue as JSON. The view is what the page shows: rows.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from datetime import UTC, datetime

from bot.app import open_app
from bot.channels.browser import BrowserChannel
from bot.config import load
from bot.messages import Address, Incoming

HERE = Address("browser", "mortal")


async def main(data: str, messages: list[list[str]], step: str | None, count: int) -> None:
    seen = 0

    def reached(name: str) -> None:
        nonlocal seen
        seen += name == step
        if name == step and seen == count:
            os.kill(os.getpid(), signal.SIGKILL)

    browser = BrowserChannel()
    async with open_app({browser.name: browser}, settings=load({"data_dir": data}), step=reached) as app:
        await app.store.recover()
        for key, text in messages:
            await app.store.receive(Incoming(key, HERE, text, datetime.now(UTC)))
            reached("received")
            await app.worker.tick()
        view = [
            [line.direction, line.message.text, [c.label for c in getattr(line.message, "choices", ())]]
            for line in await app.store.recent(HERE, limit=1000)
        ]
        print(json.dumps(view, ensure_ascii=False))


if __name__ == "__main__":
    given = sys.argv[1:]
    asyncio.run(
        main(given[0], json.loads(given[1]), given[2] if len(given) > 2 else None, int((given[3:] or ["1"])[0]))
    )
