// The links whose smaller key lies in a range, with by whom and until when each was seen.
// params: after, until
// returns: a, b, kind, first_seen, last_seen, sources
MATCH (a:Identifier)-[l:LINK]->(b:Identifier)
WHERE a.key > $after AND a.key <= $until
RETURN a.key AS a, b.key AS b, l.kind AS kind, l.first_seen AS first_seen, l.last_seen AS last_seen,
       l.sources AS sources
