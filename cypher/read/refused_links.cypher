// Links whose ends, neither of them shared, are members of different customers.
// params: limit
// returns: a, b, kind, first_seen, last_seen, sources, customer, other_customer
MATCH (c:Customer)<-[:MEMBER_OF]-(a:Identifier)-[l:LINK]->(b:Identifier)-[:MEMBER_OF]->(d:Customer)
WHERE c.id <> d.id AND a.shared = false AND b.shared = false
RETURN a.key AS a, b.key AS b, l.kind AS kind, l.first_seen AS first_seen, l.last_seen AS last_seen,
       l.sources AS sources, c.id AS customer, d.id AS other_customer
LIMIT $limit
