"""Resolving everything that a graph holds anew: what it would change, and carrying it out.

The evidence is read once, resolved in memory, and only what differs is written, customer by customer with those that it
exchanges members with, each such unit in one transaction under the locks of everybody. What other writers changed
meanwhile is found by looking again, until nothing differs. Where the links are made anew (`rebuild`), or where another
policy blocks other values, the observations are read too.
"""

from graph_cdp.relinking.job import Job, under_way
from graph_cdp.relinking.looking import Look, look
from graph_cdp.relinking.plan import Plan
from graph_cdp.relinking.running import carry_out
from graph_cdp.relinking.summary import plan_of
from graph_cdp.store.evidence import Progress

__all__ = ["Job", "Look", "Plan", "Progress", "carry_out", "look", "plan_of", "quiet", "under_way"]


def quiet(done: int, all_: int) -> None:
    """Progress that nobody wants to see."""
