CREATE CONSTRAINT decision_id IF NOT EXISTS FOR (n:Decision) REQUIRE n.id IS UNIQUE;
CREATE INDEX decision_number IF NOT EXISTS FOR (n:Decision) ON (n.number);
