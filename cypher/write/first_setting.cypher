// Sets one setting unless the graph has it already, and tells which value holds.
// params: name, value
// returns: value
MERGE (s:Setting {name: $name})
ON CREATE SET s.value = $value, s.caption = $name
RETURN s.value AS value
