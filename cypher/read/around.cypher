// These identifiers, every link at them, the identifiers at the other ends, and the customers of all.
// params: keys
// returns: nodes, customers, links
UNWIND $keys AS key
MATCH (m:Identifier {key: key})
OPTIONAL MATCH (m)-[l:LINK]-(o:Identifier)
WITH collect(DISTINCT m) AS centres, collect(DISTINCT o) AS others,
     collect([m.key, o.key, l.kind, l.first_seen, l.last_seen, l.sources]) AS links
CALL (centres, others) {
  UNWIND centres + others AS i
  WITH DISTINCT i
  MATCH (i)-[:MEMBER_OF]->(c:Customer)
  RETURN collect([i.key, i.first_seen, i.last_seen, i.sources, i.shared, i.partners, i.degree, i.claims, i.later, c.id]) AS nodes,
         collect(DISTINCT c) AS homes
}
RETURN nodes, [c IN homes | [c.id, c.anchor, c.first_seen, c.size, c.held, c.held_seen, c.held_said, c.kind]] AS customers,
       links
