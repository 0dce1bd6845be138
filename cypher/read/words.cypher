// Every observation that says something of a person and was known by a moment.
// params: happened, told
// returns: keys, at, traits
MATCH (e:Event)
WHERE e.traits IS NOT NULL AND coalesce(e.at, e.received_at, '') <= $happened AND coalesce(e.received_at, '') <= $told
RETURN e.keys AS keys, e.at AS at, e.traits AS traits
