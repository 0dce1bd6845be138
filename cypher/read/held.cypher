// Every customer with what it holds of limited groups.
// params: none
// returns: id, kind, size, anchor, first_seen, held
MATCH (c:Customer)
RETURN c.id AS id, c.kind AS kind, c.size AS size, c.anchor AS anchor, c.first_seen AS first_seen, c.held AS held
