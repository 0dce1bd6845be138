// What the graph holds of these orders and their lines.
// params: keys
// returns: key, said, at, listed, store, brand, number, line_version
UNWIND $keys AS key
MATCH (o:Identifier {key: key})
OPTIONAL MATCH (o)-[c:CONTAINS]->(:Product)
RETURN key, o.said AS said, o.at AS at, o.listed AS listed, o.store AS store, o.brand AS brand, c.number AS number,
       c.version AS line_version
