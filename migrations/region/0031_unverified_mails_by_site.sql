-- WITHOUT ROWID and found by one key, as the tables of 0022: a mail is one row written, without two entries in indexes.
-- By hand, because drizzle-kit cannot say so and would drop the table. The table before stays under another name, with
-- its rows, until a later release drops it (docs/storage.md).
ALTER TABLE `unverified_mails` RENAME TO `unverified_mails_with_rowid`;
--> statement-breakpoint
CREATE TABLE `unverified_mails` (
	`id` integer NOT NULL,
	`site_id` integer NOT NULL,
	`email_key` text NOT NULL,
	`kind` text NOT NULL,
	`sent_at` integer NOT NULL,
	PRIMARY KEY(`site_id`, `kind`, `id`)
) WITHOUT ROWID;
--> statement-breakpoint
INSERT INTO `unverified_mails` (`id`, `site_id`, `email_key`, `kind`, `sent_at`)
SELECT `id`, `site_id`, `email_key`, `kind`, `sent_at` FROM `unverified_mails_with_rowid`;
