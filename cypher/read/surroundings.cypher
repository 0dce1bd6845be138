// Whose an identifier is, its node, and what stands next to it, as the statements for each answer it: the driver takes its time for each statement.
// params: key, each
// returns: home, node, nodes, steps
MATCH (n:Identifier {key: $key})-[:MEMBER_OF]->(c:Customer)
CALL (n) {
  MATCH (n)-[relationship:MEMBER_OF|LINK|WORKS_FOR|RELATED]-(other)
  RETURN relationship, other LIMIT $each
  UNION ALL
  MATCH (n)-[relationship:CONTAINS|AT|OF_BRAND|OBSERVED]-(other)
  RETURN relationship, other LIMIT $each
}
WITH n, c, collect(DISTINCT other) AS others, collect([
  elementId(n), elementId(startNode(relationship)), elementId(other),
  elementId(relationship), type(relationship), properties(relationship)
]) AS steps
RETURN [{key: n.key, customer: c.id, kind: c.kind, shared: n.shared, later: n.later}] AS home,
       [elementId(n), labels(n), properties(n)] AS node,
       [other IN others | [elementId(other), labels(other), properties(other)]] AS nodes, steps
