ALTER TABLE `sso_sessions` ADD `strategy_id` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX `sso_sessions_strategy` ON `sso_sessions` (`strategy_id`);--> statement-breakpoint
UPDATE `sso_sessions` SET `strategy_id` = (SELECT `strategy_id` FROM `sso_identities` WHERE `id` = `identity_id`);
