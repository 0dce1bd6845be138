// The customers with the most members.
// params: limit
// returns: customer_id, kind, members, anchor, first_seen
MATCH (c:Customer)
WHERE c.kind <> 'shared'
RETURN c.id AS customer_id, c.kind AS kind, c.size AS members, c.anchor AS anchor, c.first_seen AS first_seen
ORDER BY members DESC, customer_id
LIMIT $limit
