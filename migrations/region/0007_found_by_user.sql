CREATE INDEX `credential_events_user` ON `credential_events` (`site_id`,`user_id`,`created_at`);--> statement-breakpoint
CREATE INDEX `pairing_approvals_user` ON `pairing_approvals` (`user_id`);--> statement-breakpoint
CREATE INDEX `reset_codes_user` ON `reset_codes` (`user_id`);