// Where the id of an identifier that is gone leads: the own id of another one, if there is one.
// params: id
// returns: heir
MATCH (f:Former {cid: $id})
RETURN f.heir AS heir
