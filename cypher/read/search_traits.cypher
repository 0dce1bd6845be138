// Events between two uids whose traits have a folded text in them, each with its identifiers and customers.
// params: after, last, text, limit
// returns: uid, traits, key, shared, customer_id, kind
MATCH (e:Event)
WHERE e.uid > $after AND e.uid <= $last AND e.traits IS NOT NULL AND coalesce(e.folded, toLower(e.traits)) CONTAINS $text
WITH e
ORDER BY e.uid
LIMIT $limit
MATCH (e)-[:OBSERVED]->(i:Identifier)-[:MEMBER_OF]->(c:Customer)
RETURN e.uid AS uid, e.traits AS traits, i.key AS key, i.shared AS shared, c.id AS customer_id, c.kind AS kind
ORDER BY uid, key
