-- Addresses that a site's own identity provider vouched for are no longer verified: its admin can make any up.
UPDATE `users` SET `verified_email_key` = NULL
WHERE `verified_email_key` IS NOT NULL
  AND EXISTS (
    SELECT 1 FROM `sso_identities` AS `made`
    JOIN `sso_strategies` AS `strategy` ON `strategy`.`id` = `made`.`strategy_id`
    WHERE `made`.`user_id` = `users`.`id` AND `made`.`created_at` <= `users`.`created_at`
      AND `strategy`.`provider` NOT IN ('google', 'atlassian', 'box', 'dropbox', 'slack')
  )
  AND NOT EXISTS (
    SELECT 1 FROM `sites`
    WHERE `sites`.`id` = `users`.`site_id` AND `sites`.`domain_verified_at` IS NOT NULL
      AND `sites`.`domain` = substr(`verified_email_key`, instr(`verified_email_key`, '@') + 1)
  );
