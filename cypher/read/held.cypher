// Every customer with what it holds of limited groups.
// params: none
// returns: id, kind, size, anchor, first_seen, held, held_seen, held_said
MATCH (c:Customer)
RETURN c.id AS id, c.kind AS kind, c.size AS size, c.anchor AS anchor, c.first_seen AS first_seen,
       c.held AS held, c.held_seen AS held_seen, c.held_said AS held_said
