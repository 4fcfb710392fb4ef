ALTER TABLE `api_keys` ADD `workspace_id` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `api_keys` ADD `description` text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE `users` ADD `readonly_site_admin` integer DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE `users` ADD `last_logins` text DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE `users` ADD `ftp_permission` integer DEFAULT true NOT NULL;--> statement-breakpoint
ALTER TABLE `users` ADD `sftp_permission` integer DEFAULT true NOT NULL;--> statement-breakpoint
ALTER TABLE `users` ADD `dav_permission` integer DEFAULT true NOT NULL;--> statement-breakpoint
ALTER TABLE `users` ADD `profile` text DEFAULT '{}' NOT NULL;