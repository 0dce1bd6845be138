"""Simulated shops whose truth is known, and how rules fare on them.

Shares no code with `graph_cdp.resolve` nor with `graph_cdp.samples`: what is measured must not be its own measure.
"""
