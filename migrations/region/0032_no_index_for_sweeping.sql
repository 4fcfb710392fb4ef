DROP INDEX `credential_events_age`;--> statement-breakpoint
DROP INDEX `redemptions_expiry`;--> statement-breakpoint
DROP INDEX `pairing_approvals_age`;--> statement-breakpoint
DROP INDEX `pairing_keys_expiry`;--> statement-breakpoint
DROP INDEX `released_hosts_age`;--> statement-breakpoint
DROP INDEX `sso_sessions_age`;--> statement-breakpoint
DROP INDEX `sent_forms_expiry`;--> statement-breakpoint
DROP INDEX `partial_sessions_expiry`;--> statement-breakpoint
DROP INDEX `sent_texts_age`;