// What stands next to these nodes, people and evidence before events and purchases, at most so much at each: the id of a node, the id of the start of the relationship, the relationship, the other node.
// params: keys, customers, events, each
// returns: steps
UNWIND $keys AS key
MATCH (n:Identifier {key: key})
CALL (n) {
  MATCH (n)-[relationship:MEMBER_OF|LINK|WORKS_FOR|RELATED]-(other)
  RETURN relationship, other LIMIT $each
  UNION ALL
  MATCH (n)-[relationship:CONTAINS|AT|OF_BRAND|OBSERVED]-(other)
  RETURN relationship, other LIMIT $each
}
RETURN collect([elementId(n), elementId(startNode(relationship)), relationship, other]) AS steps
UNION ALL
UNWIND $customers AS id
MATCH (n:Customer {id: id})
CALL (n) {
  MATCH (n)-[relationship]-(other)
  RETURN relationship, other LIMIT $each
}
RETURN collect([elementId(n), elementId(startNode(relationship)), relationship, other]) AS steps
UNION ALL
UNWIND $events AS uid
MATCH (n:Event {uid: uid})
CALL (n) {
  MATCH (n)-[relationship:OBSERVED]->(other)
  RETURN relationship, other LIMIT $each
}
RETURN collect([elementId(n), elementId(startNode(relationship)), relationship, other]) AS steps
