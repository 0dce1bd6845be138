// Describes orders.
// params: rows
// returns: nothing
UNWIND $rows AS row
MATCH (o:Identifier {key: row.key})
SET o += row
