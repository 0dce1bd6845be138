"""Identity resolution on a graph: customers are a pure function of evidence, decisions and policy."""
