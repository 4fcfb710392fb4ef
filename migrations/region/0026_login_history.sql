-- By hand: drizzle-kit cannot say WITHOUT ROWID. `login_attempts` stays beside it: it is too large to copy.
CREATE TABLE `login_history` (
	`site_id` integer NOT NULL,
	`created_at` integer NOT NULL,
	`id` integer NOT NULL,
	`user_id` integer,
	`username` text NOT NULL,
	`outcome` text NOT NULL,
	`session_id` integer,
	`address` text,
	`user_agent` text NOT NULL,
	`request_id` text NOT NULL,
	`times` integer DEFAULT 1 NOT NULL,
	`last_at` integer,
	`last_address` text,
	PRIMARY KEY(`site_id`, `created_at`, `id`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `login_budgets` (
	`site_id` integer PRIMARY KEY NOT NULL,
	`day` integer NOT NULL,
	`spent` integer NOT NULL
);
