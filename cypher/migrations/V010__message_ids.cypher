// No index takes texts of any length; a message id has at most 512 characters from now on.
MATCH (e:Event) WHERE size(e.message_id) > 512 SET e.message_id = left(e.message_id, 512);
CREATE INDEX event_message IF NOT EXISTS FOR (n:Event) ON (n.source, n.message_id);
