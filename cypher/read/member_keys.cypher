// The keys of the members of one customer.
// params: id
// returns: rows
MATCH (c:Customer {id: $id})<-[:MEMBER_OF]-(i:Identifier)
RETURN collect({key: i.key}) AS rows
