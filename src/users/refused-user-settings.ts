import { refused } from '../http/check-parameters.ts'

/** Settings of users in the Files.com API that are refused, and why. */
export const refusedUserSettings = refused({
  'Latchkey stores no pictures of users': 'avatar_delete avatar_file',
  'Latchkey has no billing': 'billing_permission',
  'Latchkey has no groups': 'group_id group_ids',
  'Latchkey has no workspaces': 'workspace_id workspace_admin',
  'Latchkey has no partners':
    'partner_admin partner_id responsible_group_id responsible_user_id convert_to_partner_user',
  'use disable_users_from_inactivity_period_days of the site':
    'bypass_inactive_disable bypass_user_lifecycle_rules require_login_by',
  'use POST /users/:id/2fa/reset': 'clear_2fa',
  'Latchkey has no such features':
    'ai_assistant_personality_id desktop_configuration_profile_id integration_centric_profile_id',
})

export const refusedUserFilters = refused({
  'a site has no parent site': 'include_parent_site_users',
})
