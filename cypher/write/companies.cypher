// Describes companies: what is known of each, and what was said last of each trait.
// params: rows
// returns: nothing
UNWIND $rows AS row
MATCH (n:Company {key: row.key})
SET n += row
