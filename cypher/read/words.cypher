// Every observation that says something of a person.
// params: none
// returns: keys, at, traits
MATCH (e:Event)
WHERE e.traits IS NOT NULL
RETURN e.keys AS keys, e.at AS at, e.traits AS traits
