// Every link at these identifiers; a link between two of them comes twice.
// params: keys
// returns: key, other, kind, first_seen, last_seen, sources
UNWIND $keys AS key
MATCH (i:Identifier {key: key})-[l:LINK]-(o:Identifier)
RETURN key, o.key AS other, l.kind AS kind, l.first_seen AS first_seen, l.last_seen AS last_seen, l.sources AS sources
