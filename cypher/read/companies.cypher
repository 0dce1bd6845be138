// What is known of these companies.
// params: keys
// returns: key, traits
UNWIND $keys AS key
MATCH (f:Company {key: key})
RETURN f.key AS key, f.traits AS traits
ORDER BY key
