// What the graph holds of these orders and their lines.
// params: keys
// returns: key, version, listed, store, brand, number, whole, line_version
UNWIND $keys AS key
MATCH (o:Identifier {key: key})
OPTIONAL MATCH (o)-[c:CONTAINS]->(:Product)
RETURN key, o.version AS version, o.listed AS listed, o.store AS store, o.brand AS brand, c.number AS number,
       c.whole AS whole, c.version AS line_version
