ALTER TABLE `credential_events` ADD `changes` text DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE `sites` ADD `allowed_ips` text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE `sites` ADD `session_pinned_by_ip` integer DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE `sites` ADD `disable_users_from_inactivity_period_days` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `sites` ADD `login_help_text` text;--> statement-breakpoint
ALTER TABLE `users` ADD `allowed_ips` text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE `users` ADD `bypass_site_allowed_ips` integer DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE `users` ADD `authenticate_until` integer;--> statement-breakpoint
ALTER TABLE `users` ADD `restapi_permission` integer DEFAULT true NOT NULL;--> statement-breakpoint
ALTER TABLE `users` ADD `enabled_at` integer;--> statement-breakpoint
ALTER TABLE `users` ADD `time_zone` text;