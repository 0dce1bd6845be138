// Who shares an identifier
// What an identifier is linked with, and whose that is: for one that is shared, all the customers who use it.
// params: key = 'email:rodzina.kowalczyk@listy.example', limit = 100
// returns: identifier, link, neighbour, membership, customer
MATCH (identifier:Identifier {key: $key})-[link:LINK]-(neighbour:Identifier)-[membership:MEMBER_OF]->(customer:Customer)
RETURN identifier, link, neighbour, membership, customer
ORDER BY neighbour.key
LIMIT $limit
