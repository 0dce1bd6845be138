// Brings customers up to date.
// params: rows
// returns: nothing
UNWIND $rows AS row
MATCH (c:Customer {id: row.id})
SET c = row
