import type { Requester } from '../access/actor.ts'
import {
  type Author,
  type Authority,
  authorOf,
  type CredentialEvent,
} from '../audit/credential-event.ts'
import type { Ctx } from '../context.ts'
import { type CredentialNotice, credentialNotice } from '../notifications/notice-mails.ts'
import { newId } from '../storage/ids.ts'
import type { Region } from '../storage/region.ts'
import type { Account } from '../users/account.ts'
import type { NotifiedChange } from './notified-change.ts'

/** The record and notice of what a user changes, of their own account unless `account` names another. */
export function notifiedChangeBy(
  ctx: Ctx,
  { live, region, request, language }: Requester,
  {
    authority,
    account = live,
    ...input
  }: Omit<ChangeInput, 'author'> & { authority: Authority; account?: Account },
): Promise<NotifiedChange> {
  const author = authorOf(`user:${live.user.id}`, authority, request)
  return prepareNotifiedChange(ctx, { account, region, language }, { ...input, author })
}

interface ChangeInput
  extends Omit<CredentialNotice, 'at'>,
    Pick<CredentialEvent, 'event' | 'changes'> {
  author: Author
  /** Default: now. */
  at?: number
}

/** The record and notice of a change of how a user logs in. */
export async function prepareNotifiedChange(
  ctx: Ctx,
  to: { account: Account; region: Region; language: string },
  { event, kind, named, author, changes, at = ctx.clock() }: ChangeInput,
): Promise<NotifiedChange> {
  const { user, site } = to.account
  const made = { id: newId(to.region.code), siteId: site.id, userId: user.id, event, at }
  return {
    event: { ...made, ...author, ...(changes && { changes }) },
    notice: await credentialNotice(ctx, to, { kind, named, at }),
  }
}
