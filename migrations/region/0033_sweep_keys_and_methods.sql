DROP INDEX `api_keys_expiry`;--> statement-breakpoint
DROP INDEX `api_keys_unused`;--> statement-breakpoint
DROP INDEX `second_factors_setup`;