// Every identifier that is a member of a customer.
// params: none
// returns: key, customer, cid, first_seen, last_seen, sources, shared, partners, claims
MATCH (i:Identifier)-[:MEMBER_OF]->(c:Customer)
RETURN i.key AS key, c.id AS customer, i.cid AS cid, i.first_seen AS first_seen, i.last_seen AS last_seen,
       i.sources AS sources, i.shared AS shared, i.partners AS partners, i.claims AS claims
