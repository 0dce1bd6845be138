// The largest customers
// Customers with the most identifiers, records and orders: whoever is far above the rest deserves a look.
// params: limit = 50
// returns: customer_id, members, anchor, holds, first_seen
MATCH (c:Customer)
WHERE c.kind <> 'shared'
RETURN c.id AS customer_id, c.size AS members, c.anchor AS anchor, c.held AS holds, c.first_seen AS first_seen
ORDER BY members DESC, customer_id
LIMIT $limit
