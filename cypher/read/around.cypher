// Every link at these identifiers, with the identifier at the other end and its customer.
// params: keys
// returns: near, link_kind, link_first_seen, link_last_seen, link_sources, key, first_seen, last_seen, sources, shared, partners, degree, claims, later, customer, anchor, anchor_seen, size, held, held_seen, held_said, kind
UNWIND $keys AS near
MATCH (:Identifier {key: near})-[l:LINK]-(i:Identifier)-[:MEMBER_OF]->(c:Customer)
RETURN near, l.kind AS link_kind, l.first_seen AS link_first_seen, l.last_seen AS link_last_seen,
       l.sources AS link_sources, i.key AS key, i.first_seen AS first_seen, i.last_seen AS last_seen,
       i.sources AS sources, i.shared AS shared, i.partners AS partners, i.degree AS degree, i.claims AS claims, i.later AS later,
       c.id AS customer, c.anchor AS anchor, c.first_seen AS anchor_seen, c.size AS size, c.held AS held,
       c.held_seen AS held_seen, c.held_said AS held_said, c.kind AS kind
