// Describes orders.
// params: rows
// returns: nothing
UNWIND $rows AS row
MATCH (o:Order {key: row.key})
SET o += row
