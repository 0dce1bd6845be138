// Identifiers between two keys whose value has a text in it, in small letters, with their customers.
// params: after, last, text, limit
// returns: key, value, customer_id, kind
MATCH (i:Identifier)
WHERE i.key > $after AND i.key <= $last AND toLower(i.value) CONTAINS $text
WITH i
ORDER BY i.key
LIMIT $limit
MATCH (i)-[:MEMBER_OF]->(c:Customer)
RETURN i.key AS key, i.value AS value, c.id AS customer_id, c.kind AS kind
ORDER BY key
