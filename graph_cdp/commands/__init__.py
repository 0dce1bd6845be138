"""The commands, by what they do. Each parses its arguments, calls one method of the engine, and shows the answer."""

from graph_cdp.commands import accessing, asking, audiences, changing, letters, loading, predicting, serving
from graph_cdp.commands.base import app

__all__ = ["accessing", "app", "asking", "audiences", "changing", "letters", "loading", "predicting", "serving"]
