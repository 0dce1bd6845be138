"""On the path of processes under test: users have no pandas, which the driver of Neo4j loads where it is."""

raise ImportError("only the tests themselves have pandas")
