"""The graph as it was: made in memory from the observations and decisions of a moment, and asked like the one of today.

Nothing of the past is stored. What had happened, or had been told, by a moment is resolved by the same function as
everything else, so that the answer is the one that would have been given then.
"""

from graph_cdp.past.moment import Moment
from graph_cdp.past.then import Then
from graph_cdp.past.walk import walked

__all__ = ["Moment", "Then", "walked"]
