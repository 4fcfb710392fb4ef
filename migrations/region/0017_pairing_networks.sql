CREATE TABLE `pairing_pollers` (
	`digest` text NOT NULL,
	`network` text NOT NULL,
	`poller` text NOT NULL,
	PRIMARY KEY(`digest`, `network`),
	FOREIGN KEY (`digest`) REFERENCES `pairing_keys`(`digest`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
ALTER TABLE `pairing_approvals` ADD `networks` text DEFAULT '[]' NOT NULL;