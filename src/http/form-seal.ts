import * as z from 'zod'
import type { Ctx } from '../context.ts'
import type { Seal, SealedKind } from '../crypto/sealer.ts'
import type { ApiKeyCaller, SessionCaller } from '../sessions/access.ts'
import type { PresentedSession } from '../sessions/credential.ts'
import { newId } from '../storage/ids.ts'
import type { SentForm } from '../storage/sent-forms.ts'
import type { SealForm } from '../ui/form.tsx'
import { checkParameters } from './check-parameters.ts'
import { Problem } from './problem.ts'
import type { RawParameters } from './read-parameters.ts'
import type { Route } from './route.ts'

/** What every form carries: where it may be sent, to whom it was shown, and what it acts on. */
const sealedForm = {
  typ: 'latchkey-form+jwt',
  content: z.object({
    at: z.array(z.string()),
    /** Null where nobody was logged in. */
    user: z.int().nullable(),
    /** Null for an API key, too. */
    session: z.int().nullable(),
    shown: z.record(z.string(), z.string()),
  }),
  // A page may stay open for a day.
  lifetimeSeconds: 86_400,
} satisfies SealedKind<z.ZodType>

export type ShownForm = z.infer<(typeof sealedForm)['content']> & Seal

/** To whom a page is shown: its user, and the session unless the user came by an API key. */
export type FormOwner = Pick<ShownForm, 'user' | 'session'>

export const NOBODY: FormOwner = { user: null, session: null }

/** What seals the forms of a page that is shown to `owner`. */
export function formSealer({ sealer, clock }: Ctx, { user, session }: FormOwner): SealForm {
  return (at, shown) => sealer.seal(sealedForm, { at, user, session, shown }, clock())
}

/** The form that was sent; null where none of ours came, one for another path, or one of long ago. */
export async function readForm(
  { sealer, clock }: Ctx,
  { values, texts }: RawParameters,
  { url }: Request,
): Promise<ShownForm | null> {
  const sealed = values.form ?? texts.form
  const form = typeof sealed === 'string' ? await sealer.unseal(sealedForm, sealed, clock()) : null
  return form?.at.includes(new URL(url).pathname) ? form : null
}

/** A form as it was sent, by its seal, its place and what was typed into it. */
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
 * The parameters of a call. What a form acts on is what its page showed, whatever else was sent; of a form that
 * is none of ours nothing is read, since it is refused once its caller is known.
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

/** To whom a page is shown that a caller asked for. */
export function ownerOf(caller: FormUser): FormOwner {
  const { user } = caller.live
  return { user: user.id, session: caller.by === 'session' ? caller.live.session.id : null }
}

type FormUser = Pick<SessionCaller, 'by' | 'live'> | Pick<ApiKeyCaller, 'by' | 'live'>

/**
 * Lets a form act only for the user and the session that it was shown to: in another tab somebody else may have
 * logged in since. Whoever only presents a session, to end it, is looked up; one that is not there has ended.
 * @throws {Problem} form-of-another-session
 */
export async function refuseOtherSession(
  ctx: Ctx,
  form: ShownForm,
  caller: FormUser | PresentedSession,
): Promise<void> {
  const whom = 'live' in caller ? caller : await formUser(ctx, caller)
  if (!whom) return
  const { user, session } = ownerOf(whom)
  if (form.user === user && form.session === session) return
  const { username } = whom.live.user
  throw new Problem('not-authorized/form-of-another-session', { values: { username } })
}

async function formUser(ctx: Ctx, { region, key }: PresentedSession): Promise<FormUser | null> {
  const live = await ctx.in(region).sessions.findAtPrimary(key)
  return live && { by: 'session', live }
}
