"""`python networkx_components.py LINKS.parquet MEMBERS.parquet`: plain components with networkx."""

import sys

import networkx as nx
import polars as pl

links = pl.read_parquet(sys.argv[1], columns=["a", "b"])
graph: "nx.Graph[str]" = nx.Graph()
graph.add_edges_from(links.iter_rows())
keys: list[str] = []
customers: list[str] = []
for component in nx.connected_components(graph):
    keys += component
    customers += [min(component)] * len(component)
pl.DataFrame({"key": keys, "customer_id": customers}).sort("key").write_parquet(sys.argv[2])
