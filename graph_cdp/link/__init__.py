"""Observations to links with evidence."""
