// The links between the two keys of each pair.
// params: pairs
// returns: a, b, kind, first_seen, last_seen, sources
UNWIND $pairs AS pair
MATCH (a:Identifier {key: pair.a})-[l:LINK]->(b:Identifier {key: pair.b})
RETURN pair.a AS a, pair.b AS b, l.kind AS kind, l.first_seen AS first_seen, l.last_seen AS last_seen,
       l.sources AS sources
