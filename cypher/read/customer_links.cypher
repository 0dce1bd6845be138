// Every link at the members of these customers, with the customer at the other end; one between two of these customers comes twice.
// params: ids
// returns: id, key, other, kind, first_seen, last_seen, sources, shared, other_customer, other_shared
UNWIND $ids AS id
MATCH (c:Customer {id: id})<-[:MEMBER_OF]-(i:Identifier)-[l:LINK]-(o:Identifier)-[:MEMBER_OF]->(d:Customer)
WHERE d.id <> id OR i.key < o.key
RETURN id, i.key AS key, o.key AS other, l.kind AS kind, l.first_seen AS first_seen, l.last_seen AS last_seen,
       l.sources AS sources, i.shared AS shared, d.id AS other_customer, o.shared AS other_shared
