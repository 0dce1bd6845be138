// Those of these customers that there are, shared ones left out.
// params: ids
// returns: customer_id, kind
UNWIND $ids AS id
MATCH (c:Customer {id: id})
WHERE c.kind <> 'shared'
RETURN c.id AS customer_id, c.kind AS kind
