// What these customers hold of that which rules look at.
// params: ids
// returns: id, held, held_seen, held_said
UNWIND $ids AS id
MATCH (c:Customer {id: id})
RETURN c.id AS id, c.held AS held, c.held_seen AS held_seen, c.held_said AS held_said
