// Gives the links whose smaller key lies in a range the tiers of their kinds.
// params: after, until, rows
// returns: nothing
MATCH (a:Identifier)-[l:LINK]->(:Identifier)
WHERE a.key > $after AND a.key <= $until
UNWIND $rows AS row
WITH l, row
WHERE l.kind = row.kind AND l.tier <> row.tier
SET l.tier = row.tier
