CREATE TRIGGER sessions_end_children AFTER DELETE ON sessions BEGIN DELETE FROM keyed_sessions WHERE parent_id = OLD.id; END;
