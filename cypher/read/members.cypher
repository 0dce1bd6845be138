// The members of these customers.
// params: ids
// returns: id, key
UNWIND $ids AS id
MATCH (c:Customer {id: id})<-[:MEMBER_OF]-(i:Identifier)
RETURN id, i.key AS key
