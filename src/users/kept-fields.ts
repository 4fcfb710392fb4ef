import * as z from 'zod'
import {
  clearableLines,
  clearableNameText,
  clearableText,
  integer,
} from '../http/check-parameters.ts'

/**
 * API fields of a user that Latchkey stores in `users.profile` and returns unchanged, without using them. Each
 * field and the row have a size limit.
 */
export const keptFields = {
  name: clearableNameText(256),
  company: clearableNameText(256),
  notes: clearableLines(4_096),
  header_text: clearableLines(1_024),
  tags: clearableText(1_024),
  grant_permission: clearableText(32),
  filesystem_layout: clearableText(32),
  user_home: clearableText(2_048),
  primary_group_id: integer(),
  default_workspace_id: integer(),
  notification_daily_send_time: integer().min(0).max(23),
  attachments_permission: z.boolean(),
  office_integration_enabled: z.boolean(),
  receive_admin_alerts: z.boolean(),
  notify_on_all_site_warnings: z.boolean(),
  notify_on_all_sso_failures: z.boolean(),
  notify_on_all_user_security_events: z.boolean(),
  notify_on_all_pending_work_failures: z.boolean(),
  notify_on_all_siem_http_destination_failures: z.boolean(),
  notify_on_all_sync_failures: z.boolean(),
  notify_on_all_automation_failures: z.boolean(),
  notify_on_all_expectation_failures: z.boolean(),
  skip_welcome_screen: z.boolean(),
  announcements_read: z.boolean(),
  subscribe_to_newsletter: z.boolean(),
} satisfies Record<string, z.ZodType>

export type KeptField = keyof typeof keptFields

export type Profile = { [Name in KeptField]?: z.infer<(typeof keptFields)[Name]> }
