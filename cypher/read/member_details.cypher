// The members of one customer with what is known of them, in the order of their keys.
// params: id
// returns: rows
MATCH (c:Customer {id: $id})<-[:MEMBER_OF]-(i:Identifier)
WITH i
ORDER BY i.key
RETURN collect({
  key: i.key, namespace: i.namespace, value: i.value, first_seen: i.first_seen, last_seen: i.last_seen,
  sources: i.sources, shared: i.shared, claims: i.claims, later: i.later
}) AS rows
