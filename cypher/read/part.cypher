// A part of the graph: these identifiers, the customers that they are members of, and the links between the two keys of each pair.
// params: keys, pairs
// returns: nodes, customers, links
UNWIND $keys AS key
MATCH (i:Identifier {key: key})-[:MEMBER_OF]->(c:Customer)
WITH collect([i.key, i.first_seen, i.last_seen, i.sources, i.shared, i.partners, i.degree, i.claims, i.later, c.id]) AS nodes,
     collect(DISTINCT c) AS homes
CALL () {
  UNWIND $pairs AS pair
  MATCH (a:Identifier {key: pair[0]})
  MATCH (b:Identifier {key: pair[1]})
  MATCH (a)-[l:LINK]->(b)
  RETURN collect([pair[0], pair[1], l.kind, l.first_seen, l.last_seen, l.sources]) AS links
}
RETURN nodes, [c IN homes | [c.id, c.anchor, c.first_seen, c.size, c.held, c.held_seen, c.held_said, c.kind]] AS customers,
       links
