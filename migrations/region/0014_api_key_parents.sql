ALTER TABLE `api_keys` ADD `path` text;--> statement-breakpoint
ALTER TABLE `api_keys` ADD `parent_id` integer REFERENCES api_keys(id) ON DELETE CASCADE;--> statement-breakpoint
CREATE INDEX `api_keys_parent` ON `api_keys` (`parent_id`) WHERE parent_id IS NOT NULL;--> statement-breakpoint
ALTER TABLE `sites` ADD `api_keys_manage_credentials` integer DEFAULT true NOT NULL;