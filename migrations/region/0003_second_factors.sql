CREATE TABLE `partial_sessions` (
	`jti` text PRIMARY KEY NOT NULL,
	`failures` integer NOT NULL,
	`used_by` integer,
	`expires_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `partial_sessions_expiry` ON `partial_sessions` (`expires_at`);--> statement-breakpoint
CREATE TABLE `recovery_codes` (
	`digest` text PRIMARY KEY NOT NULL,
	`user_id` integer NOT NULL,
	`created_at` integer NOT NULL,
	`used_at` integer,
	`claimed_by` integer,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `recovery_codes_user` ON `recovery_codes` (`user_id`);--> statement-breakpoint
CREATE TABLE `second_factors` (
	`id` integer PRIMARY KEY NOT NULL,
	`site_id` integer NOT NULL,
	`user_id` integer NOT NULL,
	`method` text NOT NULL,
	`name` text NOT NULL,
	`created_at` integer NOT NULL,
	`completed_at` integer,
	`last_used_at` integer,
	`secret` text,
	`phone_number` text,
	`credential_id` text,
	`public_key` text,
	`app_id` text,
	`challenge` text,
	`public_id` text,
	`counter` integer DEFAULT 0 NOT NULL,
	`code_digest` text,
	`code_expires_at` integer,
	`code_sent_at` integer,
	`code_tries` integer DEFAULT 0 NOT NULL,
	`claimed_by` integer,
	FOREIGN KEY (`site_id`) REFERENCES `sites`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `second_factors_user` ON `second_factors` (`user_id`);--> statement-breakpoint
CREATE INDEX `second_factors_setup` ON `second_factors` (`created_at`) WHERE completed_at IS NULL;--> statement-breakpoint
CREATE UNIQUE INDEX `second_factors_credential` ON `second_factors` (`credential_id`) WHERE credential_id IS NOT NULL;--> statement-breakpoint
CREATE TABLE `sent_texts` (
	`id` integer PRIMARY KEY NOT NULL,
	`site_id` integer NOT NULL,
	`phone_number` text NOT NULL,
	`sent_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `sent_texts_site` ON `sent_texts` (`site_id`,`sent_at`);--> statement-breakpoint
CREATE INDEX `sent_texts_number` ON `sent_texts` (`phone_number`,`sent_at`);--> statement-breakpoint
CREATE INDEX `sent_texts_age` ON `sent_texts` (`sent_at`);--> statement-breakpoint
ALTER TABLE `pairing_approvals` ADD `network` text;--> statement-breakpoint
ALTER TABLE `sessions` ADD `second_factor_at` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `sites` ADD `require_2fa_user_type` text DEFAULT 'all' NOT NULL;--> statement-breakpoint
ALTER TABLE `sites` ADD `require_2fa_stop_time` integer;--> statement-breakpoint
ALTER TABLE `users` ADD `type_of_2fa` text DEFAULT '' NOT NULL;