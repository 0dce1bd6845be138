// Which of these keys are shared identifiers.
// params: keys
// returns: key
UNWIND $keys AS key
MATCH (i:Identifier {key: key})
WHERE i.shared
RETURN key
