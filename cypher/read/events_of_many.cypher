// The events observed with members of these customers, in no order and in one record.
// params: ids
// returns: columns, rows
UNWIND $ids AS id
MATCH (c:Customer {id: id})<-[:MEMBER_OF]-(i:Identifier)<-[:OBSERVED]-(e:Event)
WITH DISTINCT id, e
WITH collect([id, e.uid, e.source, e.kind, e.name, coalesce(e.topic, 'any'), e.at, e.keys, e.traits, e.properties,
              e.context, e.company]) AS rows
RETURN ['id', 'uid', 'source', 'kind', 'name', 'topic', 'at', 'keys', 'traits', 'properties', 'context', 'company']
       AS columns, rows
