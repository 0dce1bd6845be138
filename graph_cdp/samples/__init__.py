"""Samples that look like life: a web shop, an app and a chain of shops of three brands, with the truth beside them."""

from graph_cdp.samples.files import LOADED
from graph_cdp.samples.make import write
from graph_cdp.samples.score import Score, score
from graph_cdp.samples.truth import Truth

__all__ = ["LOADED", "Score", "Truth", "score", "write"]
