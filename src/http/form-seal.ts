import * as z from 'zod'
import type { Ctx } from '../context.ts'
import { type Seal, sealedKind } from '../crypto/sealer.ts'
import type { ApiKeyCaller, SessionCaller } from '../sessions/access.ts'
import type { PresentedSession } from '../sessions/credential.ts'
import { newId } from '../storage/ids.ts'
import type { SentForm } from '../storage/sent-forms.ts'
import type { SealForm } from '../ui/form.tsx'
import { checkParameters } from './check-parameters.ts'
import { Problem } from './problem.ts'
import type { RawParameters } from './read-parameters.ts'
import type { Route } from './route.ts'

/** The sealed part of every form: its targets, the user it was shown to, and the parameters it acts on. */
const sealedForm = sealedKind(
  'latchkey-form+jwt',
  // A page may stay open for a day.
  86_400,
  z.object({
    at: z.array(z.string()),
    /** Null if nobody was logged in. */
    user: z.int().nullable(),
    /** Null for API keys too. */
    session: z.int().nullable(),
    shown: z.record(z.string(), z.string()),
  }),
)

export type ShownForm = z.infer<(typeof sealedForm)['content']> & Seal

/** Whom a page is shown to: the user, and their session unless they used an API key. */
export type FormOwner = Pick<ShownForm, 'user' | 'session'>

export const NOBODY: FormOwner = { user: null, session: null }

export function formSealer(ctx: Ctx, { user, session }: FormOwner): SealForm {
  return (at, shown) => sealedForm.seal(ctx, { at, user, session, shown })
}

/** Opens the form that was sent; null if there is none, it is for another path, or it has expired. */
export async function readForm(
  ctx: Ctx,
  { values, texts }: RawParameters,
  { url }: Request,
): Promise<ShownForm | null> {
  const sealed = values.form ?? texts.form
  const form = typeof sealed === 'string' ? await sealedForm.unseal(ctx, sealed) : null
  return form?.at.includes(new URL(url).pathname) ? form : null
}

/** Identifies a form by its seal, its target and its content. */
export async function sentFormOf(
  { jti }: ShownForm,
  { values, texts }: RawParameters,
  { url, at }: { url: string; at: number },
): Promise<SentForm> {
  const { form: _, locale: __, ...typed } = { ...texts, ...values }
  const sorted = Object.entries(typed).toSorted(([a], [b]) => (a < b ? -1 : 1))
  const text = JSON.stringify([jti, new URL(url).pathname, sorted])
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))
  const id = Number(new DataView(digest).getBigUint64(0) >> 12n)
  return { id, sending: newId(0), at }
}

/**
 * Returns the parameters of a call. A form acts on what its page showed, whatever else was sent. Nothing is read from
 * a form without a valid seal, which is refused once its caller is known.
 * @throws {Problem} see checkParameters
 */
export function parametersOf(
  route: Pick<Route, 'parameters' | 'shown'>,
  sent: RawParameters,
  form: ShownForm | null | undefined,
): Record<string, unknown> {
  if (form === null) return { locale: sent.texts.locale ?? sent.values.locale }
  if (form === undefined) return checkParameters(route.parameters, sent)
  const typed = (parameters: Record<string, unknown>) =>
    Object.fromEntries(Object.entries(parameters).filter(([name]) => !route.shown?.includes(name)))
  const texts = { ...typed(sent.texts), ...form.shown }
  return checkParameters(route.parameters, { values: typed(sent.values), texts })
}

/** The owner of the forms on a page that this caller requests. */
export function ownerOf(caller: FormUser): FormOwner {
  const { user } = caller.live
  return { user: user.id, session: caller.by === 'session' ? caller.live.session.id : null }
}

type FormUser = Pick<SessionCaller, 'by' | 'live'> | Pick<ApiKeyCaller, 'by' | 'live'>

/**
 * Refuses forms that were shown to another user or in another session, because somebody else may have logged in in
 * another tab. A session that is only presented, to be revoked, is looked up; if it does not exist, it has ended.
 * @throws {Problem} form-of-another-session
 */
export async function refuseOtherSession(
  ctx: Ctx,
  form: ShownForm,
  caller: FormUser | PresentedSession,
): Promise<void> {
  const whom = 'live' in caller ? caller : await formUser(ctx, caller)
  if (!whom) return
  const { id, username } = whom.live.user
  if (form.user === id && idsOf(whom).includes(form.session)) return
  throw new Problem('not-authorized/form-of-another-session', { values: { username } })
}

/** The ids that forms name the session by: a change of the password gives it another. Null for an API key. */
function idsOf(whom: FormUser): (number | null)[] {
  if (whom.by === 'api-key') return [null]
  const { id, formerId } = whom.live.session
  return formerId ? [id, formerId] : [id]
}

async function formUser(ctx: Ctx, { region, key }: PresentedSession): Promise<FormUser | null> {
  const live = await ctx.in(region).sessions.findAtPrimary(key)
  return live && { by: 'session', live }
}
