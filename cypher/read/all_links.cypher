// Every link.
// params: none
// returns: a, b, kind, tier, first_seen, last_seen, sources
MATCH (a:Identifier)-[l:LINK]->(b:Identifier)
RETURN a.key AS a, b.key AS b, l.kind AS kind, l.tier AS tier, l.first_seen AS first_seen, l.last_seen AS last_seen,
       l.sources AS sources
