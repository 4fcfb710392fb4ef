CREATE TABLE `sso_identities` (
	`id` integer PRIMARY KEY NOT NULL,
	`site_id` integer NOT NULL,
	`strategy_id` integer NOT NULL,
	`user_id` integer NOT NULL,
	`issuer` text NOT NULL,
	`subject` text NOT NULL,
	`email` text,
	`groups` text DEFAULT '[]' NOT NULL,
	`created_at` integer NOT NULL,
	`last_used_at` integer NOT NULL,
	FOREIGN KEY (`site_id`) REFERENCES `sites`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`strategy_id`) REFERENCES `sso_strategies`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `sso_identities_subject` ON `sso_identities` (`site_id`,`issuer`,`subject`);--> statement-breakpoint
CREATE INDEX `sso_identities_user` ON `sso_identities` (`user_id`);--> statement-breakpoint
CREATE INDEX `sso_identities_strategy` ON `sso_identities` (`strategy_id`);--> statement-breakpoint
CREATE TABLE `sso_sessions` (
	`session_id` integer PRIMARY KEY NOT NULL,
	`identity_id` integer NOT NULL,
	`provider_session` text,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`identity_id`) REFERENCES `sso_identities`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `sso_sessions_identity` ON `sso_sessions` (`identity_id`);--> statement-breakpoint
CREATE INDEX `sso_sessions_age` ON `sso_sessions` (`created_at`);--> statement-breakpoint
CREATE INDEX `sso_sessions_provider` ON `sso_sessions` (`provider_session`) WHERE provider_session IS NOT NULL;--> statement-breakpoint
ALTER TABLE `users` ADD `sso_strategy_id` integer;--> statement-breakpoint
CREATE INDEX `users_sso_strategy` ON `users` (`sso_strategy_id`) WHERE sso_strategy_id IS NOT NULL;