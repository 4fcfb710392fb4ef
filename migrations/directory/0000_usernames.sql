CREATE TABLE `usernames` (
	`username_digest` text PRIMARY KEY NOT NULL,
	`region_code` integer NOT NULL,
	`claim` text NOT NULL,
	`claimed_at` integer NOT NULL,
	`confirmed_at` integer
);
