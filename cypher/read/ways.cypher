// The links of these identifiers and companies and whom they work for or employ, at most so many at each and in all: the other nodes by their ids, labels and properties, and of each step the id of a node, that of the start of the relationship, that of the other node, the relationship's id, type and properties.
// params: keys, each, limit
// returns: nodes, steps
UNWIND $keys AS key
MATCH (n:Identifier {key: key})
CALL (n) {
  MATCH (n)-[relationship:LINK|WORKS_FOR]-(other)
  RETURN relationship, other LIMIT $each
}
WITH n, relationship, other LIMIT $limit
WITH collect(DISTINCT other) AS others, collect([
  elementId(n), elementId(startNode(relationship)), elementId(other),
  elementId(relationship), type(relationship), properties(relationship)
]) AS steps
RETURN [other IN others | [elementId(other), labels(other), properties(other)]] AS nodes, steps
UNION ALL
UNWIND $keys AS key
MATCH (n:Company {key: key})
CALL (n) {
  MATCH (n)-[relationship:WORKS_FOR]-(other)
  RETURN relationship, other LIMIT $each
}
WITH n, relationship, other LIMIT $limit
WITH collect(DISTINCT other) AS others, collect([
  elementId(n), elementId(startNode(relationship)), elementId(other),
  elementId(relationship), type(relationship), properties(relationship)
]) AS steps
RETURN [other IN others | [elementId(other), labels(other), properties(other)]] AS nodes, steps
