from web_world import serve, visit, world

__all__ = ["serve", "visit", "world"]
