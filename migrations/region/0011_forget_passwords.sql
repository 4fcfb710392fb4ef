-- Passwords of users whose account accepts none, and the passwords that they had before.
DELETE FROM prior_passwords WHERE user_id IN (SELECT id FROM users WHERE authentication_method <> 'password');
--> statement-breakpoint
UPDATE users SET password_hash = NULL, password_set_at = NULL WHERE authentication_method <> 'password' AND password_hash IS NOT NULL;
