// Customers in the order of their ids, those of kind shared left out.
// params: after, limit
// returns: customer_id, kind, members, anchor, first_seen
MATCH (c:Customer)
WHERE c.id > $after AND c.kind <> 'shared'
RETURN c.id AS customer_id, c.kind AS kind, c.size AS members, c.anchor AS anchor, c.first_seen AS first_seen
ORDER BY customer_id
LIMIT $limit
