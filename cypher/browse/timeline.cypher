// What happened last to a customer
// The newest events observed with identifiers of the customer that a key leads to, and with which of them.
// params: key = 'email:zofia_wojcik@poczta.example', limit = 50
// returns: event, observed, member, membership, customer
MATCH (:Identifier {key: $key})-[:MEMBER_OF]->(customer:Customer)
MATCH (customer)<-[membership:MEMBER_OF]-(member:Identifier)<-[observed:OBSERVED]-(event:Event)
RETURN event, observed, member, membership, customer
ORDER BY coalesce(event.at, '') DESC, event.uid, member.key
LIMIT $limit
