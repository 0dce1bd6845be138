// The members of these customers with what is known of them, in no order and in one record.
// params: ids
// returns: columns, rows
UNWIND $ids AS id
MATCH (c:Customer {id: id})<-[:MEMBER_OF]-(i:Identifier)
WITH collect([id, i.key, i.namespace, i.value, i.first_seen, i.last_seen, i.sources, i.shared, i.claims, i.later])
     AS rows
RETURN ['id', 'key', 'namespace', 'value', 'first_seen', 'last_seen', 'sources', 'shared', 'claims', 'later']
       AS columns, rows
