// The links of these identifiers and companies and whom they work for or employ, at most so many at each and in all, each with the id of the node, the id of the start of the relationship, the relationship, and the other node.
// params: keys, each, limit
// returns: steps
UNWIND $keys AS key
MATCH (n:Identifier {key: key})
CALL (n) {
  MATCH (n)-[relationship:LINK|WORKS_FOR]-(other)
  RETURN relationship, other LIMIT $each
}
WITH n, relationship, other LIMIT $limit
RETURN collect([elementId(n), elementId(startNode(relationship)), relationship, other]) AS steps
UNION ALL
UNWIND $keys AS key
MATCH (n:Company {key: key})
CALL (n) {
  MATCH (n)-[relationship:WORKS_FOR]-(other)
  RETURN relationship, other LIMIT $each
}
WITH n, relationship, other LIMIT $limit
RETURN collect([elementId(n), elementId(startNode(relationship)), relationship, other]) AS steps
