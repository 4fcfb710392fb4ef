import type { Ctx } from '../context.ts'
import type { Region } from '../storage/region.ts'
import type { Account } from '../users/account.ts'
import { credentialMail, type NoticeKind } from './notice-mails.ts'
import type { Waiting } from './task-workers.ts'

/** What happened to which credential, for the email to its user. `at` in milliseconds since the Unix epoch. */
export interface CredentialNotice {
  kind: NoticeKind
  named: string
  at: number
}

/** Seals the email about a credential for the outbox; null for a user without an address. */
export async function credentialNotice(
  ctx: Ctx,
  { account, region, language }: { account: Account; region: Region; language?: string },
  content: CredentialNotice,
): Promise<Waiting | null> {
  const mail = credentialMail(account, { ...content, globalOrigin: ctx.globalOrigin }, language)
  const { outbox } = ctx.in(region)
  return mail && { outbox, task: await outbox.prepare('mail', mail, content.at) }
}
