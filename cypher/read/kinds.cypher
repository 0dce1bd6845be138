// The kinds of links that there are.
// params: none
// returns: kind
MATCH (:Identifier)-[l:LINK]->(:Identifier)
RETURN DISTINCT l.kind AS kind
