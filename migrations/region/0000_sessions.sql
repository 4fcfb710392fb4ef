CREATE TABLE `login_attempts` (
	`id` integer PRIMARY KEY NOT NULL,
	`site_id` integer,
	`user_id` integer,
	`username` text NOT NULL,
	`outcome` text NOT NULL,
	`session_id` integer,
	`address` text,
	`user_agent` text NOT NULL,
	`request_id` text NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `login_attempts_site` ON `login_attempts` (`site_id`,`created_at`);--> statement-breakpoint
CREATE INDEX `login_attempts_age` ON `login_attempts` (`created_at`);--> statement-breakpoint
CREATE TABLE `login_failures` (
	`name_digest` text PRIMARY KEY NOT NULL,
	`failures` integer NOT NULL,
	`last_failed_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `login_failures_age` ON `login_failures` (`last_failed_at`);--> statement-breakpoint
CREATE TABLE `redemptions` (
	`jti` text PRIMARY KEY NOT NULL,
	`session_id` integer NOT NULL,
	`expires_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `redemptions_expiry` ON `redemptions` (`expires_at`);--> statement-breakpoint
CREATE TABLE `heartbeat` (
	`id` integer PRIMARY KEY NOT NULL,
	`beat_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `sessions` (
	`id` integer PRIMARY KEY NOT NULL,
	`digest` text NOT NULL,
	`site_id` integer NOT NULL,
	`user_id` integer NOT NULL,
	`credential_version` integer NOT NULL,
	`epoch` integer NOT NULL,
	`created_at` integer NOT NULL,
	`last_used_at` integer NOT NULL,
	`timeout_at` integer NOT NULL,
	`ends_at` integer NOT NULL,
	`parent_id` integer,
	FOREIGN KEY (`site_id`) REFERENCES `sites`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`parent_id`) REFERENCES `sessions`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `sessions_digest_unique` ON `sessions` (`digest`);--> statement-breakpoint
CREATE INDEX `sessions_user` ON `sessions` (`user_id`);--> statement-breakpoint
CREATE INDEX `sessions_timeout` ON `sessions` (`timeout_at`);--> statement-breakpoint
CREATE INDEX `sessions_parent` ON `sessions` (`parent_id`) WHERE parent_id IS NOT NULL;--> statement-breakpoint
CREATE TABLE `sites` (
	`id` integer PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`subdomain` text NOT NULL,
	`domain` text,
	`domain_verified_at` integer,
	`language` text,
	`created_at` integer NOT NULL,
	`session_expiry` real DEFAULT 6 NOT NULL,
	`ssl_required` integer DEFAULT true NOT NULL,
	`tls_disabled` integer DEFAULT false NOT NULL,
	`use_provided_modified_at` integer DEFAULT false NOT NULL,
	`windows_mode_ftp` integer DEFAULT false NOT NULL,
	`opt_out_global` integer DEFAULT false NOT NULL,
	`require_2fa` integer DEFAULT false NOT NULL,
	`allowed_2fa_method_sms` integer DEFAULT true NOT NULL,
	`allowed_2fa_method_totp` integer DEFAULT true NOT NULL,
	`allowed_2fa_method_u2f` integer DEFAULT true NOT NULL,
	`allowed_2fa_method_yubi` integer DEFAULT true NOT NULL,
	`max_dir_listing_size` integer DEFAULT 100000 NOT NULL,
	`plan_multiple_regions` integer DEFAULT true NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `sites_subdomain_unique` ON `sites` (`subdomain`);--> statement-breakpoint
CREATE UNIQUE INDEX `sites_verified_domain` ON `sites` (`domain`) WHERE domain_verified_at IS NOT NULL;--> statement-breakpoint
CREATE TABLE `users` (
	`id` integer PRIMARY KEY NOT NULL,
	`site_id` integer NOT NULL,
	`username` text NOT NULL,
	`username_key` text NOT NULL,
	`email` text,
	`verified_email_key` text,
	`password_hash` text,
	`password_set_at` integer,
	`credential_version` integer DEFAULT 1 NOT NULL,
	`disabled` integer DEFAULT false NOT NULL,
	`site_admin` integer DEFAULT false NOT NULL,
	`language` text,
	`root_path` text DEFAULT '' NOT NULL,
	`read_only` integer DEFAULT false NOT NULL,
	`ssl_required` text DEFAULT 'use_system_setting' NOT NULL,
	`require_2fa` text DEFAULT 'use_system_setting' NOT NULL,
	`created_at` integer NOT NULL,
	`last_login_at` integer,
	FOREIGN KEY (`site_id`) REFERENCES `sites`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `users_username_key_unique` ON `users` (`username_key`);--> statement-breakpoint
CREATE INDEX `users_site` ON `users` (`site_id`);--> statement-breakpoint
CREATE INDEX `users_verified_email` ON `users` (`verified_email_key`,`site_id`) WHERE verified_email_key IS NOT NULL;