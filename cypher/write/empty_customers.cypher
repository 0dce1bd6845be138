// Deletes those of these customers that have no members.
// params: ids
// returns: gone
UNWIND $ids AS id
MATCH (c:Customer {id: id})
WHERE NOT (c)<-[:MEMBER_OF]-()
DETACH DELETE c
RETURN count(*) AS gone
