// Who bought a product, where and with which card
// The orders that contain a product, newest first: their customers, stores, brands and loyalty cards.
// params: product = 'product:pos/BO-005', limit = 100
// returns: product, line, purchase, relation, thing
MATCH (product:Product {key: $product})<-[line:CONTAINS]-(purchase:Order)
WITH product, line, purchase
ORDER BY coalesce(purchase.at, '') DESC, purchase.key
LIMIT $limit
OPTIONAL MATCH (purchase)-[relation:MEMBER_OF|AT|OF_BRAND|LINK]-(thing)
WHERE NOT thing:Cookie AND NOT thing:Device
RETURN product, line, purchase, relation, thing
ORDER BY coalesce(purchase.at, '') DESC, purchase.key, thing.caption
LIMIT $limit
