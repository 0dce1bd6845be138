// The links whose smaller key lies in a range.
// params: after, until
// returns: a, b, kind, first_seen
MATCH (a:Identifier)-[l:LINK]->(b:Identifier)
WHERE a.key > $after AND a.key <= $until
RETURN a.key AS a, b.key AS b, l.kind AS kind, l.first_seen AS first_seen
