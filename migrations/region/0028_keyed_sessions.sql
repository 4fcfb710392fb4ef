CREATE TABLE `keyed_sessions` (
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
	`address` text,
	`place` text,
	`user_agent` text DEFAULT '' NOT NULL,
	`authenticated_at` integer DEFAULT 0 NOT NULL,
	`second_factor_at` integer DEFAULT 0 NOT NULL,
	`former_id` integer,
	FOREIGN KEY (`site_id`) REFERENCES `sites`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `keyed_sessions_user` ON `keyed_sessions` (`user_id`);--> statement-breakpoint
CREATE INDEX `keyed_sessions_parent` ON `keyed_sessions` (`parent_id`) WHERE parent_id IS NOT NULL;