// By whom and until when every identifier was seen, and how many links it has.
// params: none
// returns: key, first_seen, last_seen, sources, degree
MATCH (i:Identifier)
RETURN i.key AS key, i.first_seen AS first_seen, i.last_seen AS last_seen, i.sources AS sources, i.degree AS degree
