// The decisions after a number.
// params: after
// returns: number, id, verdict, a, b, of, at, author, because
MATCH (d:Decision)
WHERE d.number > $after
RETURN d.number AS number, d.id AS id, d.verdict AS verdict, d.a AS a, d.b AS b, d.of AS of, d.at AS at,
       d.author AS author, d.because AS because
ORDER BY number
