// Every link at the members of these customers, with the customer at the other end; one between two of these customers comes twice.
// params: ids
// returns: rows
UNWIND $ids AS id
MATCH (c:Customer {id: id})<-[:MEMBER_OF]-(i:Identifier)-[l:LINK]-(o:Identifier)-[:MEMBER_OF]->(d:Customer)
WHERE d.id <> id OR i.key < o.key
RETURN collect({
  id: id, key: i.key, other: o.key, kind: l.kind, first_seen: l.first_seen, last_seen: l.last_seen,
  sources: l.sources, shared: i.shared, other_customer: d.id, other_shared: o.shared
}) AS rows
