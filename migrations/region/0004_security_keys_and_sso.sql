CREATE TABLE `sso_strategies` (
	`id` integer PRIMARY KEY NOT NULL,
	`site_id` integer NOT NULL,
	`provider` text NOT NULL,
	`label` text NOT NULL,
	`enabled` integer DEFAULT true NOT NULL,
	`subdomain` text DEFAULT '' NOT NULL,
	`issuer` text,
	`client_id` text NOT NULL,
	`client_secret` text NOT NULL,
	`email_domains` text DEFAULT '' NOT NULL,
	`provision_users` integer DEFAULT false NOT NULL,
	`provision_group_required` text DEFAULT '' NOT NULL,
	`provision_group_inclusion` text DEFAULT '' NOT NULL,
	`provision_group_exclusion` text DEFAULT '' NOT NULL,
	`provision_group_default` text DEFAULT '' NOT NULL,
	`provision_site_admin_groups` text DEFAULT '' NOT NULL,
	`provision_require_2fa` text DEFAULT 'use_system_setting' NOT NULL,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`site_id`) REFERENCES `sites`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `sso_strategies_site` ON `sso_strategies` (`site_id`,`provider`,`label`);--> statement-breakpoint
-- Rebuilt, since some databases have the two columns of security keys already.
CREATE TABLE `__new_second_factors` (
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
	`rp_id` text,
	`app_id` text,
	`transports` text,
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
INSERT INTO `__new_second_factors`(`id`, `site_id`, `user_id`, `method`, `name`, `created_at`, `completed_at`, `last_used_at`, `secret`, `phone_number`, `credential_id`, `public_key`, `app_id`, `challenge`, `public_id`, `counter`, `code_digest`, `code_expires_at`, `code_sent_at`, `code_tries`, `claimed_by`) SELECT `id`, `site_id`, `user_id`, `method`, `name`, `created_at`, `completed_at`, `last_used_at`, `secret`, `phone_number`, `credential_id`, `public_key`, `app_id`, `challenge`, `public_id`, `counter`, `code_digest`, `code_expires_at`, `code_sent_at`, `code_tries`, `claimed_by` FROM `second_factors`;--> statement-breakpoint
DROP TABLE `second_factors`;--> statement-breakpoint
ALTER TABLE `__new_second_factors` RENAME TO `second_factors`;--> statement-breakpoint
CREATE INDEX `second_factors_user` ON `second_factors` (`user_id`);--> statement-breakpoint
CREATE INDEX `second_factors_setup` ON `second_factors` (`created_at`) WHERE completed_at IS NULL;--> statement-breakpoint
CREATE UNIQUE INDEX `second_factors_credential` ON `second_factors` (`credential_id`) WHERE credential_id IS NOT NULL;--> statement-breakpoint
ALTER TABLE `users` ADD `wrong_codes` integer DEFAULT 0 NOT NULL;