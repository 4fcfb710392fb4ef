ALTER TABLE `users` ADD `username_skeleton` text;--> statement-breakpoint
CREATE INDEX `users_skeleton` ON `users` (`site_id`,`username_skeleton`) WHERE username_skeleton IS NOT NULL;