"""Views of customers -> groups of them: segments, funnels, lookalikes. Pure; knows nothing of the store."""
