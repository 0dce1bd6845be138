// Gives all links of a kind their tier.
// params: kind, tier
// returns: nothing
MATCH (:Identifier)-[l:LINK {kind: $kind}]->(:Identifier)
WHERE l.tier <> $tier
SET l.tier = $tier
