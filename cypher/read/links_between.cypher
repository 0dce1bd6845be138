// The links between the two keys of each pair; `near` is the one with fewer links.
// params: pairs
// returns: near, far, kind, first_seen, last_seen, sources
UNWIND $pairs AS pair
MATCH (near:Identifier {key: pair.near})
WITH near, pair
MATCH (near)-[l:LINK]-(far:Identifier)
WHERE far.key = pair.far
RETURN pair.near AS near, pair.far AS far, l.kind AS kind, l.first_seen AS first_seen, l.last_seen AS last_seen,
       l.sources AS sources
