// New customers of a day
// Customers whose first sighting is of that day (UTC), the earliest first.
// params: day = '2024-01-09', limit = 100
// returns: first_seen, customer_id, anchor, members
MATCH (c:Customer)
WHERE c.first_seen STARTS WITH $day AND c.kind <> 'shared'
RETURN c.first_seen AS first_seen, c.id AS customer_id, c.anchor AS anchor, c.size AS members
ORDER BY first_seen, customer_id
LIMIT $limit
