// The links of these identifiers and companies and whom they work for or employ, at most so many at each and in all.
// params: keys, each, limit
// returns: node, relationship, other
UNWIND $keys AS key
MATCH (node:Identifier {key: key})
CALL (node) {
  MATCH (node)-[relationship:LINK|WORKS_FOR]-(other)
  RETURN relationship, other LIMIT $each
}
RETURN node, relationship, other LIMIT $limit
UNION ALL
UNWIND $keys AS key
MATCH (node:Company {key: key})
CALL (node) {
  MATCH (node)-[relationship:WORKS_FOR]-(other)
  RETURN relationship, other LIMIT $each
}
RETURN node, relationship, other LIMIT $limit
