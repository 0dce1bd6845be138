// Takes the write locks of these customers, in the order given, and changes nothing.
// params: ids
// returns: nothing
UNWIND $ids AS id
MATCH (c:Customer {id: id})
SET c.size = c.size
