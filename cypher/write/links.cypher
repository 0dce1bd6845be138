// Brings links up to date; `near` is the end with fewer links.
// params: rows
// returns: nothing
UNWIND $rows AS row
MATCH (near:Identifier {key: row.near})
WITH near, row
MATCH (near)-[l:LINK]-(far:Identifier)
WHERE far.key = row.far AND l.kind = row.link.kind
SET l = row.link
