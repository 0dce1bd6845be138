// The links of these identifiers and companies and whom they work for or employ, at most so many at each and in all.
// params: keys, each, limit
// returns: node, start, relationship, other
UNWIND $keys AS key
MATCH (n:Identifier {key: key})
CALL (n) {
  MATCH (n)-[relationship:LINK|WORKS_FOR]-(other)
  RETURN relationship, other LIMIT $each
}
RETURN elementId(n) AS node, elementId(startNode(relationship)) AS start, relationship, other LIMIT $limit
UNION ALL
UNWIND $keys AS key
MATCH (n:Company {key: key})
CALL (n) {
  MATCH (n)-[relationship:WORKS_FOR]-(other)
  RETURN relationship, other LIMIT $each
}
RETURN elementId(n) AS node, elementId(startNode(relationship)) AS start, relationship, other LIMIT $limit
