// The observations whose uid lies in a range, with the keys of the identifiers that they hang on.
// params: after, until
// returns: uid, kind, source, at, keys, company, observed
MATCH (e:Event)
WHERE e.uid > $after AND e.uid <= $until
OPTIONAL MATCH (e)-[:OBSERVED]->(i:Identifier)
WITH e, collect(i.key) AS observed
RETURN e.uid AS uid, e.kind AS kind, e.source AS source, e.at AS at, e.keys AS keys, e.company AS company, observed
