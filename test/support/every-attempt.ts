/** A table of the login history with a row for each attempt, also where one row of the history stands for several. */
export const EVERY_ATTEMPT = `(
  WITH RECURSIVE nth(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM nth WHERE n < (SELECT max(times) FROM login_history))
  SELECT login_history.* FROM login_history JOIN nth ON n <= times ORDER BY created_at, id
) AS attempts`
