// The customers of these identifiers, every link at the members of those, and what customers are derived by at this moment, as the statements for each answer it: the driver takes its time for each statement.
// params: keys
// returns: in_force, homes, links
MATCH (p:Setting {name: 'policy'})
OPTIONAL MATCH (d:Setting {name: 'decision_seq'})
CALL (p) {
  UNWIND $keys AS key
  MATCH (i:Identifier {key: key})-[:MEMBER_OF]->(c:Customer)
  RETURN collect({key: i.key, shared: i.shared, later: i.later, customer: c.id}) AS homes
}
CALL (p) {
  UNWIND $keys AS key
  MATCH (:Identifier {key: key})-[:MEMBER_OF]->(c:Customer)
  WITH DISTINCT c
  MATCH (c)<-[:MEMBER_OF]-(i:Identifier)-[l:LINK]-(o:Identifier)-[:MEMBER_OF]->(d:Customer)
  WHERE d.id <> c.id OR i.key < o.key
  RETURN collect([
    c.id, i.key, o.key, l.kind, l.first_seen, l.last_seen, l.sources, i.shared, d.id, o.shared
  ]) AS links
}
RETURN [{policy: p.value, decisions: d.number}] AS in_force, homes, links
