CREATE TABLE `unverified_mails` (
	`id` integer PRIMARY KEY NOT NULL,
	`site_id` integer NOT NULL,
	`email_key` text NOT NULL,
	`kind` text NOT NULL,
	`sent_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `unverified_mails_site` ON `unverified_mails` (`site_id`,`kind`,`sent_at`);--> statement-breakpoint
CREATE INDEX `unverified_mails_age` ON `unverified_mails` (`sent_at`);--> statement-breakpoint
CREATE TABLE `released_hosts` (
	`host` text PRIMARY KEY NOT NULL,
	`site_id` integer NOT NULL,
	`released_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `released_hosts_site` ON `released_hosts` (`site_id`);--> statement-breakpoint
CREATE INDEX `released_hosts_age` ON `released_hosts` (`released_at`);--> statement-breakpoint
DROP INDEX `sent_texts_number`;--> statement-breakpoint
ALTER TABLE `sent_texts` ADD `verified_factor_id` integer;--> statement-breakpoint
CREATE INDEX `sent_texts_factor` ON `sent_texts` (`verified_factor_id`,`sent_at`) WHERE verified_factor_id IS NOT NULL;--> statement-breakpoint
ALTER TABLE `reset_codes` ADD `mailed_to` text;