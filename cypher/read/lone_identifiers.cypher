// Those of these identifiers that are members of no customer.
// params: keys
// returns: key, first_seen, last_seen, sources, shared, partners, degree, claims, later
UNWIND $keys AS key
MATCH (i:Identifier {key: key})
WHERE NOT (i)-[:MEMBER_OF]->()
RETURN i.key AS key, i.first_seen AS first_seen, i.last_seen AS last_seen, i.sources AS sources, i.shared AS shared,
       i.partners AS partners, i.degree AS degree, i.claims AS claims, i.later AS later
