// Every identifier with the customer that it is a member of, if any.
// params: none
// returns: key, customer, first_seen, shared, partners, claims, later
MATCH (i:Identifier)
OPTIONAL MATCH (i)-[:MEMBER_OF]->(c:Customer)
RETURN i.key AS key, c.id AS customer, i.first_seen AS first_seen, i.shared AS shared, i.partners AS partners,
       i.claims AS claims, i.later AS later
