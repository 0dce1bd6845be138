// What a customer does in which channel
// The events of a customer by source and name, and the first and last day of each; most often done first.
// params: key = 'email:zofia_wojcik@poczta.example', scan = 10000, limit = 100
// returns: source, action, times, first, last
MATCH (:Identifier {key: $key})-[:MEMBER_OF]->(:Customer)<-[:MEMBER_OF]-(i:Identifier)<-[:OBSERVED]-(e:Event)
WITH DISTINCT e
LIMIT $scan
WITH e.source AS source, e.name AS action, count(e) AS times, min(e.at) AS begun, max(e.at) AS ended
RETURN source, action, times, substring(begun, 0, 10) AS first, substring(ended, 0, 10) AS last
ORDER BY times DESC, source, action
LIMIT $limit
