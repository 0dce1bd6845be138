// For which company somebody works is among what is read of a customer, so that the newest word of it is known.
MATCH (e:Event)-[o:OBSERVED]->(:Identifier) WHERE e.company IS NOT NULL AND e.topic = 'other' CALL (e, o) { SET o.topic = 'said' } IN TRANSACTIONS OF 5000 ROWS;
MATCH (e:Event) WHERE e.company IS NOT NULL AND e.topic = 'other' CALL (e) { SET e.topic = 'said' } IN TRANSACTIONS OF 5000 ROWS;
