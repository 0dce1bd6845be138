// The members of one customer with what is known of them.
// params: id
// returns: key, namespace, value, first_seen, last_seen, sources, shared, claims, later
MATCH (c:Customer {id: $id})<-[:MEMBER_OF]-(i:Identifier)
RETURN i.key AS key, i.namespace AS namespace, i.value AS value, i.first_seen AS first_seen, i.last_seen AS last_seen,
       i.sources AS sources, i.shared AS shared, i.claims AS claims, i.later AS later
ORDER BY key
