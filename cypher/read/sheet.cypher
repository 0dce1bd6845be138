// Most of what a profile is made of, as the statements of its parts answer it, each as a list of rows: the driver takes its time for each statement and each record. Of the customer of a key, or that of an id.
// params: keys, ids, model, topics, limit
// returns: in_force, settings, home, members, links, telling, orders, newest, employers, holdings, still
MATCH (p:Setting {name: 'policy'})
OPTIONAL MATCH (d:Setting {name: 'decision_seq'})
OPTIONAL MATCH (f:Setting {name: $model})
CALL (p) {
  UNWIND $keys AS key
  MATCH (i:Identifier {key: key})-[:MEMBER_OF]->(c:Customer)
  RETURN c, i
  UNION ALL
  UNWIND $ids AS id
  MATCH (c:Customer {id: id})
  RETURN c, null AS i
}
CALL (c) {
  MATCH (c)<-[:MEMBER_OF]-(i:Identifier)
  WITH i ORDER BY i.key
  RETURN collect({
    key: i.key, namespace: i.namespace, value: i.value, first_seen: i.first_seen, last_seen: i.last_seen,
    sources: i.sources, shared: i.shared, claims: i.claims, later: i.later
  }) AS members
}
CALL (c) {
  MATCH (c)<-[:MEMBER_OF]-(i:Identifier)-[l:LINK]-(o:Identifier)-[:MEMBER_OF]->(d:Customer)
  WHERE d.id <> c.id OR i.key < o.key
  RETURN collect({
    id: c.id, key: i.key, other: o.key, kind: l.kind, first_seen: l.first_seen, last_seen: l.last_seen,
    sources: l.sources, shared: i.shared, other_customer: d.id, other_shared: o.shared
  }) AS links
}
CALL (c) {
  MATCH (c)<-[:MEMBER_OF]-(m:Identifier)
  WITH m.key AS key
  CALL (key) {
    MATCH (i:Identifier {key: key})<-[o:OBSERVED]-(e:Event)
    USING INDEX o:OBSERVED(key, topic)
    WHERE o.key = key AND o.topic IN $topics
    RETURN e
  }
  WITH DISTINCT e
  ORDER BY coalesce(e.at, ''), e.uid
  RETURN collect({
    uid: e.uid, source: e.source, kind: e.kind, name: e.name, topic: e.topic, at: e.at, keys: e.keys,
    shared: [(e)-[:OBSERVED]->(o:Identifier) WHERE o.shared | o.key], traits: e.traits,
    properties: e.properties, context: e.context, company: e.company
  }) AS telling
}
CALL (c) {
  MATCH (c)<-[:MEMBER_OF]-(o:Order)
  OPTIONAL MATCH (o)-[l:CONTAINS]->(p:Product)
  WITH o, l, p
  ORDER BY coalesce(o.at, '') DESC, o.key, l.number
  RETURN collect({
    key: o.key, at: o.at, status: o.status, total: o.total, currency: o.currency, brand: o.brand, store: o.store,
    channel: o.channel, sku: p.sku, name: l.name, category: p.category, quantity: l.quantity, price: l.price,
    number: l.number
  }) AS orders
}
CALL (c) {
  MATCH (c)<-[:MEMBER_OF]-(m:Identifier)
  WITH m.key AS key
  CALL (key) {
    MATCH (i:Identifier {key: key})<-[o:OBSERVED]-(e:Event)
    USING INDEX o:OBSERVED(key, moment)
    WHERE o.key = key AND o.moment >= '' AND o.moment < '~'
    RETURN e, o.moment AS moment
    ORDER BY o.key DESC, o.moment DESC
    LIMIT $limit
  }
  WITH DISTINCT e, moment
  ORDER BY moment DESC
  LIMIT $limit
  WITH e
  ORDER BY coalesce(e.at, '') DESC, e.uid DESC
  RETURN collect({
    uid: e.uid, source: e.source, kind: e.kind, name: e.name, topic: e.topic, at: e.at, keys: e.keys,
    shared: [(e)-[:OBSERVED]->(o:Identifier) WHERE o.shared | o.key], properties: e.properties, context: e.context
  }) AS newest
}
CALL (c) {
  MATCH (c)<-[:MEMBER_OF]-(:Identifier)-[:WORKS_FOR]->(f:Company)
  WITH DISTINCT f
  ORDER BY f.key
  RETURN collect({key: f.key, traits: f.traits}) AS employers
}
// Last, so that whoever has other members by now has them here.
CALL (c) {
  MATCH (c)<-[:MEMBER_OF]-(i:Identifier)
  RETURN collect({key: i.key}) AS still
}
RETURN [{policy: p.value, decisions: d.number}] AS in_force, [{value: f.value}] AS settings,
       [{key: i.key, customer: c.id, kind: c.kind, shared: i.shared, later: i.later}] AS home, members, links,
       telling, orders, newest, employers, [{id: c.id, held: c.held, held_seen: c.held_seen, held_said: c.held_said}] AS holdings, still
