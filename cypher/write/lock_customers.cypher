// Takes the write locks of these customers, in the order given, by a label that they have; changes and reads nothing.
// params: ids
// returns: nothing
UNWIND $ids AS id
MATCH (c:Customer {id: id})
SET c:Customer
