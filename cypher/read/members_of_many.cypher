// The members of these customers with what is known of them.
// params: ids
// returns: id, key, namespace, value, first_seen, last_seen, sources, shared, claims
UNWIND $ids AS id
MATCH (c:Customer {id: id})<-[:MEMBER_OF]-(i:Identifier)
RETURN id, i.key AS key, i.namespace AS namespace, i.value AS value, i.first_seen AS first_seen,
       i.last_seen AS last_seen, i.sources AS sources, i.shared AS shared, i.claims AS claims
ORDER BY id, key
