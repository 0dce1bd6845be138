// A company by its key.
// params: key
// returns: key, traits, caption
MATCH (c:Company {key: $key})
RETURN c.key AS key, c.traits AS traits, c.caption AS caption
