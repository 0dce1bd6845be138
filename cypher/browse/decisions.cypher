// What stewards have decided
// Words of stewards, the latest first: who said which two keys are the same or different, why, and what was taken back.
// params: limit = 50
// returns: at, verdict, a, b, of, author, because, id
MATCH (d:Decision)
WHERE d.number > 0
RETURN d.at AS at, d.verdict AS verdict, d.a AS a, d.b AS b, d.of AS of, d.author AS author, d.because AS because,
       d.id AS id
ORDER BY d.number DESC
LIMIT $limit
