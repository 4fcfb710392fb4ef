DROP TRIGGER users_revision;
