// Identifiers between two keys whose value has a folded text in it, with their customers.
// params: after, last, text, limit
// returns: key, value, customer_id, kind
MATCH (i:Identifier)
WHERE i.key > $after AND i.key <= $last AND coalesce(i.folded, toLower(i.value)) CONTAINS $text
WITH i
ORDER BY i.key
LIMIT $limit
MATCH (i)-[:MEMBER_OF]->(c:Customer)
RETURN i.key AS key, i.value AS value, c.id AS customer_id, c.kind AS kind
ORDER BY key
