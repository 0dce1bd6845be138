// What stands next to these nodes, people and evidence before events and purchases, at most so much at each.
// params: keys, customers, events, each
// returns: node, relationship, other
UNWIND $keys AS key
MATCH (node:Identifier {key: key})
CALL (node) {
  MATCH (node)-[relationship:MEMBER_OF|LINK|WORKS_FOR|RELATED]-(other)
  RETURN relationship, other LIMIT $each
  UNION ALL
  MATCH (node)-[relationship:CONTAINS|AT|OF_BRAND|OBSERVED]-(other)
  RETURN relationship, other LIMIT $each
}
RETURN node, relationship, other
UNION ALL
UNWIND $customers AS id
MATCH (node:Customer {id: id})
CALL (node) {
  MATCH (node)-[relationship]-(other)
  RETURN relationship, other LIMIT $each
}
RETURN node, relationship, other
UNION ALL
UNWIND $events AS uid
MATCH (node:Event {uid: uid})
CALL (node) {
  MATCH (node)-[relationship:OBSERVED]->(other)
  RETURN relationship, other LIMIT $each
}
RETURN node, relationship, other
