// The customers with the most members.
// params: limit
// returns: id, kind, size, anchor, first_seen
MATCH (c:Customer)
WHERE c.kind <> 'shared'
RETURN c.id AS id, c.kind AS kind, c.size AS size, c.anchor AS anchor, c.first_seen AS first_seen
ORDER BY size DESC, id
LIMIT $limit
