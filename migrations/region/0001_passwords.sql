CREATE TABLE `credential_events` (
	`id` integer PRIMARY KEY NOT NULL,
	`site_id` integer NOT NULL,
	`user_id` integer NOT NULL,
	`event` text NOT NULL,
	`actor` text NOT NULL,
	`address` text,
	`user_agent` text NOT NULL,
	`request_id` text NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `credential_events_site` ON `credential_events` (`site_id`,`created_at`);--> statement-breakpoint
CREATE INDEX `credential_events_age` ON `credential_events` (`created_at`);--> statement-breakpoint
CREATE TABLE `known_addresses` (
	`user_id` integer NOT NULL,
	`address_digest` text NOT NULL,
	`credential_version` integer NOT NULL,
	`last_seen_at` integer NOT NULL,
	PRIMARY KEY(`user_id`, `address_digest`),
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `known_addresses_age` ON `known_addresses` (`last_seen_at`);--> statement-breakpoint
CREATE TABLE `outbox` (
	`id` integer PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`sealed` text NOT NULL,
	`attempts` integer DEFAULT 0 NOT NULL,
	`next_attempt_at` integer NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `outbox_due` ON `outbox` (`next_attempt_at`);--> statement-breakpoint
CREATE TABLE `sent_notices` (
	`id` integer PRIMARY KEY NOT NULL,
	`user_id` integer NOT NULL,
	`kind` text NOT NULL,
	`sent_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `sent_notices_user` ON `sent_notices` (`user_id`,`kind`,`sent_at`);--> statement-breakpoint
CREATE INDEX `sent_notices_age` ON `sent_notices` (`sent_at`);--> statement-breakpoint
CREATE TABLE `reset_codes` (
	`digest` text PRIMARY KEY NOT NULL,
	`user_id` integer NOT NULL,
	`credential_version` integer NOT NULL,
	`expires_at` integer NOT NULL,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `reset_codes_age` ON `reset_codes` (`expires_at`);--> statement-breakpoint
CREATE TABLE `prior_passwords` (
	`id` integer PRIMARY KEY NOT NULL,
	`user_id` integer NOT NULL,
	`password_hash` text NOT NULL,
	`replaced_at` integer NOT NULL,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `prior_passwords_user` ON `prior_passwords` (`user_id`,`replaced_at`);--> statement-breakpoint
ALTER TABLE `login_failures` ADD `window_started_at` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `login_failures` ADD `in_a_row` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `login_failures` ADD `locked_until` integer;--> statement-breakpoint
ALTER TABLE `login_failures` ADD `recent_guesses` text DEFAULT '[]' NOT NULL;--> statement-breakpoint
ALTER TABLE `sites` ADD `user_lockout` integer DEFAULT true NOT NULL;--> statement-breakpoint
ALTER TABLE `sites` ADD `user_lockout_tries` integer DEFAULT 10 NOT NULL;--> statement-breakpoint
ALTER TABLE `sites` ADD `user_lockout_within` integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE `sites` ADD `user_lockout_lock_period` integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE `sites` ADD `disable_password_reset` integer DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE `sites` ADD `password_min_length` integer DEFAULT 15 NOT NULL;--> statement-breakpoint
ALTER TABLE `sites` ADD `password_require_letter` integer DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE `sites` ADD `password_require_mixed` integer DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE `sites` ADD `password_require_number` integer DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE `sites` ADD `password_require_special` integer DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE `sites` ADD `password_validity_days` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `sites` ADD `max_prior_passwords` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `sites` ADD `welcome_email_enabled` integer DEFAULT true NOT NULL;--> statement-breakpoint
ALTER TABLE `users` ADD `email_key` text;--> statement-breakpoint
ALTER TABLE `users` ADD `authentication_method` text DEFAULT 'password' NOT NULL;--> statement-breakpoint
ALTER TABLE `users` ADD `password_validity_days` integer;--> statement-breakpoint
ALTER TABLE `users` ADD `require_password_change` integer DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE `users` ADD `self_managed` integer DEFAULT true NOT NULL;--> statement-breakpoint
CREATE INDEX `users_email` ON `users` (`email_key`) WHERE email_key IS NOT NULL;--> statement-breakpoint
UPDATE `users` SET `email_key` = coalesce(`verified_email_key`, lower(`email`)) WHERE `email` IS NOT NULL;