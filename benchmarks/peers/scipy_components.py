"""`python scipy_components.py LINKS.parquet MEMBERS.parquet`: plain components with scipy."""

import sys

import numpy as np
import polars as pl
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

links = pl.read_parquet(sys.argv[1], columns=["a", "b"])
keys = pl.concat([links["a"], links["b"]]).unique().sort()
codes = pl.Enum(keys)
a, b = (links[end].cast(codes).to_physical().to_numpy() for end in ("a", "b"))
graph = coo_array((np.ones(len(a), dtype=np.bool_), (a, b)), shape=(len(keys), len(keys)))
count, component = connected_components(graph, directed=False)
first = np.full(count, len(keys))
np.minimum.at(first, component, np.arange(len(keys)))
pl.DataFrame({"key": keys, "customer_id": keys.gather(first[component])}).write_parquet(sys.argv[2])
