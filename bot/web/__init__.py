"""The page in the browser: an officer's chat, and the staff desk. Server-rendered; a little script keeps both live.

services.py   what the composition root hands in          guard.py      who may come in
chat.py       `/`, the chat and its live updates          staff.py      `/staff`, reviewing and returning
board.py      what staff see at a glance, as values       rendering.py, markup.py, wording.py, templates/, static/
"""

from bot.web.application import create_web
from bot.web.services import Services

__all__ = ["Services", "create_web"]
