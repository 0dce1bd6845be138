"""Rows of the graph to views of a customer."""
