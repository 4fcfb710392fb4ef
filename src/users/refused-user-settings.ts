import { refused } from '../http/check-parameters.ts'

/** Settings of users in the Files.com API that mean nothing here. */
export const refusedUserSettings = refused({
  'not supported here': `announcements_read attachments_permission avatar_delete avatar_file billing_permission
    bypass_inactive_disable bypass_user_lifecycle_rules clear_2fa company dav_permission
    ftp_permission grant_permission group_id group_ids header_text name notes
    notification_daily_send_time office_integration_enabled readonly_site_admin
    receive_admin_alerts require_login_by sftp_permission skip_welcome_screen
    subscribe_to_newsletter user_home`,
})

/** What its lists of users know besides. */
export const refusedUserFilters = refused({
  'not supported here':
    'sort_by filter_gt filter_gteq filter_prefix filter_lt filter_lteq include_parent_site_users',
})
