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
CREATE UNIQUE INDEX `sso_strategies_site` ON `sso_strategies` (`site_id`,`provider`,`label`);