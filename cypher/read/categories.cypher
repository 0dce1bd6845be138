// The categories of products, of those that have one.
// params: keys
// returns: key, category
UNWIND $keys AS key
MATCH (p:Product {key: key})
WHERE p.category IS NOT NULL
RETURN p.key AS key, p.category AS category
