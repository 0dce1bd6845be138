// Companies with their contacts
// Companies whose name has a text in it, whom one reaches there, and which customers these are.
// params: name = '', limit = 100
// returns: company, works, contact, membership, customer
MATCH (company:Company)
WHERE toLower(company.caption) CONTAINS toLower($name)
MATCH (company)<-[works:WORKS_FOR]-(contact:Identifier)-[membership:MEMBER_OF]->(customer:Customer)
RETURN company, works, contact, membership, customer
ORDER BY company.caption, contact.key
LIMIT $limit
