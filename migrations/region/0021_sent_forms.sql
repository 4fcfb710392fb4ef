CREATE TABLE `sent_forms` (
	`id` integer PRIMARY KEY NOT NULL,
	`sending` integer NOT NULL,
	`expires_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `sent_forms_expiry` ON `sent_forms` (`expires_at`);