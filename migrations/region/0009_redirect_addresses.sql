ALTER TABLE `sites` ADD `domain_proof` text;--> statement-breakpoint
ALTER TABLE `sites` ADD `domain_checked_at` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `sites` ADD `domain_missing_since` integer;--> statement-breakpoint
CREATE INDEX `sites_domain_checked` ON `sites` (`domain_checked_at`) WHERE domain_verified_at IS NOT NULL;--> statement-breakpoint
ALTER TABLE `sso_strategies` ADD `origin_name` text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE `sso_strategies` ADD `origin_confirmed` integer DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE `sso_strategies` ADD `tested_origin_name` text;--> statement-breakpoint
ALTER TABLE `sso_strategies` ADD `origin_tested_at` integer;