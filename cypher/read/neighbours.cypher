// What stands next to these nodes, people and evidence before events and purchases, at most so much at each: the other nodes by their ids, labels and properties, and of each step the id of a node, that of the start of the relationship, that of the other node, the relationship's id, type and properties.
// params: keys, customers, events, each
// returns: nodes, steps
UNWIND $keys AS key
MATCH (n:Identifier {key: key})
CALL (n) {
  MATCH (n)-[relationship:MEMBER_OF|LINK|WORKS_FOR|RELATED]-(other)
  RETURN relationship, other LIMIT $each
  UNION ALL
  MATCH (n)-[relationship:CONTAINS|AT|OF_BRAND|OBSERVED]-(other)
  RETURN relationship, other LIMIT $each
}
WITH collect(DISTINCT other) AS others, collect([
  elementId(n), elementId(startNode(relationship)), elementId(other),
  elementId(relationship), type(relationship), properties(relationship)
]) AS steps
RETURN [other IN others | [elementId(other), labels(other), properties(other)]] AS nodes, steps
UNION ALL
UNWIND $customers AS id
MATCH (n:Customer {id: id})
CALL (n) {
  MATCH (n)-[relationship]-(other)
  RETURN relationship, other LIMIT $each
}
WITH collect(DISTINCT other) AS others, collect([
  elementId(n), elementId(startNode(relationship)), elementId(other),
  elementId(relationship), type(relationship), properties(relationship)
]) AS steps
RETURN [other IN others | [elementId(other), labels(other), properties(other)]] AS nodes, steps
UNION ALL
UNWIND $events AS uid
MATCH (n:Event {uid: uid})
CALL (n) {
  MATCH (n)-[relationship:OBSERVED]->(other)
  RETURN relationship, other LIMIT $each
}
WITH collect(DISTINCT other) AS others, collect([
  elementId(n), elementId(startNode(relationship)), elementId(other),
  elementId(relationship), type(relationship), properties(relationship)
]) AS steps
RETURN [other IN others | [elementId(other), labels(other), properties(other)]] AS nodes, steps
