// Brings what was seen of identifiers up to date.
// params: rows
// returns: nothing
UNWIND $rows AS row
MATCH (i:Identifier {key: row.key})
SET i.first_seen = row.first_seen, i.last_seen = row.last_seen, i.sources = row.sources, i.shared = row.shared,
    i.partners = row.partners, i.degree = row.degree, i.claims = row.claims, i.later = row.later
