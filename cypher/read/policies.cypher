// The policies that were put in force, in order.
// params: none
// returns: number, since, fingerprint, text
MATCH (p:Policy)
RETURN p.number AS number, p.since AS since, p.fingerprint AS fingerprint, p.text AS text
ORDER BY number
