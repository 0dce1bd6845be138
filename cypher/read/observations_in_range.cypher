// The observations whose uid lies in a range and that were known by a moment, with the identifiers that they hang on.
// params: after, until, happened, told
// returns: uid, kind, source, at, keys, company, observed
MATCH (e:Event)
WHERE e.uid > $after AND e.uid <= $until
  AND coalesce(e.at, e.received_at, '') <= $happened AND coalesce(e.received_at, '') <= $told
OPTIONAL MATCH (e)-[:OBSERVED]->(i:Identifier)
WITH e, collect(i.key) AS observed
RETURN e.uid AS uid, e.kind AS kind, e.source AS source, e.at AS at, e.keys AS keys, e.company AS company, observed
