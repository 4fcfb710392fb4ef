CREATE TRIGGER keyed_sessions_end_children AFTER DELETE ON keyed_sessions BEGIN DELETE FROM keyed_sessions WHERE parent_id = OLD.id; END;
