// The decisions about one of these keys, and what takes such a decision back.
// params: keys
// returns: number, id, verdict, a, b, of, at, author, because
MATCH (d:Decision)
WHERE d.a IN $keys OR d.b IN $keys
OPTIONAL MATCH (u:Decision {of: d.id})
WITH collect(d) + collect(u) AS found
UNWIND found AS d
WITH DISTINCT d
RETURN d.number AS number, d.id AS id, d.verdict AS verdict, d.a AS a, d.b AS b, d.of AS of, d.at AS at,
       d.author AS author, d.because AS because
ORDER BY number
