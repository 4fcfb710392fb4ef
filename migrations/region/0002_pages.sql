CREATE TABLE `api_keys` (
	`id` integer PRIMARY KEY NOT NULL,
	`digest` text NOT NULL,
	`site_id` integer NOT NULL,
	`user_id` integer NOT NULL,
	`name` text NOT NULL,
	`permission_set` text NOT NULL,
	`platform` text,
	`created_at` integer NOT NULL,
	`expires_at` integer,
	`last_used_at` integer,
	`pairing_digest` text,
	`address` text,
	FOREIGN KEY (`site_id`) REFERENCES `sites`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `api_keys_digest_unique` ON `api_keys` (`digest`);--> statement-breakpoint
CREATE UNIQUE INDEX `api_keys_pairing_digest_unique` ON `api_keys` (`pairing_digest`);--> statement-breakpoint
CREATE INDEX `api_keys_user` ON `api_keys` (`user_id`);--> statement-breakpoint
CREATE INDEX `api_keys_expiry` ON `api_keys` (`expires_at`) WHERE expires_at IS NOT NULL;--> statement-breakpoint
CREATE INDEX `api_keys_unused` ON `api_keys` (`created_at`) WHERE pairing_digest IS NOT NULL AND last_used_at IS NULL;--> statement-breakpoint
CREATE TABLE `pairing_approvals` (
	`digest` text PRIMARY KEY NOT NULL,
	`site_id` integer NOT NULL,
	`user_id` integer NOT NULL,
	`credential_version` integer NOT NULL,
	`platform` text NOT NULL,
	`computer` text NOT NULL,
	`approved_at` integer NOT NULL,
	FOREIGN KEY (`site_id`) REFERENCES `sites`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `pairing_approvals_age` ON `pairing_approvals` (`approved_at`);--> statement-breakpoint
CREATE TABLE `pairing_keys` (
	`digest` text PRIMARY KEY NOT NULL,
	`poller` text,
	`region_code` integer,
	`ended` integer DEFAULT false NOT NULL,
	`expires_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `pairing_keys_expiry` ON `pairing_keys` (`expires_at`);--> statement-breakpoint
CREATE TABLE `site_logos` (
	`site_id` integer PRIMARY KEY NOT NULL,
	`media_type` text NOT NULL,
	`data` text NOT NULL,
	FOREIGN KEY (`site_id`) REFERENCES `sites`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
ALTER TABLE `sessions` ADD `address` text;--> statement-breakpoint
ALTER TABLE `sessions` ADD `place` text;--> statement-breakpoint
ALTER TABLE `sessions` ADD `user_agent` text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE `sessions` ADD `authenticated_at` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `sites` ADD `desktop_app` integer DEFAULT true NOT NULL;--> statement-breakpoint
ALTER TABLE `sites` ADD `desktop_app_session_ip_pinning` integer DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE `sites` ADD `desktop_app_session_lifetime` integer DEFAULT 720 NOT NULL;--> statement-breakpoint
ALTER TABLE `sites` ADD `accent_color` text;--> statement-breakpoint
ALTER TABLE `sites` ADD `logo_digest` text;