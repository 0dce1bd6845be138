// Identifiers and the customers that they are members of.
// params: keys
// returns: key, first_seen, last_seen, sources, shared, partners, degree, claims, later, customer, anchor, anchor_seen, size, held, held_seen, held_said, kind
UNWIND $keys AS key
MATCH (i:Identifier {key: key})-[:MEMBER_OF]->(c:Customer)
RETURN i.key AS key, i.first_seen AS first_seen, i.last_seen AS last_seen, i.sources AS sources, i.shared AS shared,
       i.partners AS partners, i.degree AS degree, i.claims AS claims, i.later AS later,
       c.id AS customer, c.anchor AS anchor, c.first_seen AS anchor_seen, c.size AS size, c.held AS held,
       c.held_seen AS held_seen, c.held_said AS held_said, c.kind AS kind
