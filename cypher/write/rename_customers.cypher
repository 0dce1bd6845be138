// Gives customers another id.
// params: rows
// returns: nothing
UNWIND $rows AS row
MATCH (c:Customer {id: row.before})
SET c.id = row.after
