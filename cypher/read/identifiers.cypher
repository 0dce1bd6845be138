// What is known of these identifiers.
// params: keys
// returns: key, namespace, value, first_seen, last_seen, sources, shared
UNWIND $keys AS key
MATCH (i:Identifier {key: key})
RETURN i.key AS key, i.namespace AS namespace, i.value AS value, i.first_seen AS first_seen, i.last_seen AS last_seen,
       i.sources AS sources, i.shared AS shared
ORDER BY key
