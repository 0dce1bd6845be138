// Keeps with the first epoch of recycled values when the later ones begin.
// params: rows
// returns: nothing
UNWIND $rows AS row
MATCH (i:Identifier {key: row.key})
SET i.later = row.later
