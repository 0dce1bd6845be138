// The kinds of links that there are, and the tiers that they have.
// params: none
// returns: kind, tier
MATCH (:Identifier)-[l:LINK]->(:Identifier)
RETURN DISTINCT l.kind AS kind, l.tier AS tier
