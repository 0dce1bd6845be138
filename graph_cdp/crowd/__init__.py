"""What is asked of many customers at once: the model of how they buy, segments, funnels, lookalikes, recommendations.

Everything is derived when it is asked for; of all this the graph keeps nothing but the model of predictions.
"""

from graph_cdp.crowd.asking import Crowd, Standing

__all__ = ["Crowd", "Standing"]
