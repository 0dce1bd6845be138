// Customers in the order of their ids, those of kind shared left out.
// params: after, limit
// returns: id, kind, size, anchor, first_seen
MATCH (c:Customer)
WHERE c.id > $after AND c.kind <> 'shared'
RETURN c.id AS id, c.kind AS kind, c.size AS size, c.anchor AS anchor, c.first_seen AS first_seen
ORDER BY id
LIMIT $limit
