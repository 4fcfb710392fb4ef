-- Every strategy gets a redirect address of its own, at the site's own host of today: the shared one receives nothing.
UPDATE `sso_strategies` SET `origin_name` = coalesce((
  SELECT CASE WHEN `domain` IS NOT NULL AND `domain_verified_at` IS NOT NULL THEN `domain` ELSE `subdomain` END
  FROM `sites` WHERE `sites`.`id` = `sso_strategies`.`site_id`
), '');
