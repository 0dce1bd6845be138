// Shared identifiers by reach
// Identifiers that several customers use, so that they join nobody, those with the most links first.
// params: limit = 50
// returns: key, namespace, links, partners, sources, first_seen, last_seen
MATCH (:Customer {kind: 'shared'})<-[:MEMBER_OF]-(i:Identifier)
RETURN i.key AS key, i.namespace AS namespace, i.degree AS links, i.partners AS partners, i.sources AS sources,
       i.first_seen AS first_seen, i.last_seen AS last_seen
ORDER BY links DESC, key
LIMIT $limit
