import type { Ctx } from '../../context.ts'
import { isSigned } from '../../two-factor/check-code.ts'
import type { SentPartialSession } from '../../two-factor/partial-session.ts'
import { identifyByName } from '../identify.ts'
import { lockedOut, refusalOf } from '../refusals.ts'
import { type Identity, type LoginClient, type Method, provedAt } from './method.ts'

export interface NamedLogin {
  username: string
  /** A one-time code or a security key's signature; null if none was sent. */
  otp: string | null
  newPassword: Method['newPassword']
}

/** Proves an identity by username and password. */
export function byPassword(
  ctx: Ctx,
  client: LoginClient,
  input: NamedLogin & { password: string },
): Method {
  return byName(ctx, client, { ...input, partial: null, prove: verifying(ctx, input.password) })
}

/** Starts a login that names its user, whatever proves their identity. */
export function byName(
  ctx: Ctx,
  client: LoginClient,
  input: NamedLogin & {
    password: string | null
    partial: SentPartialSession | null
    prove: Identity['prove']
  },
): Method {
  const { username, password, otp, newPassword, partial, prove } = input
  const isContinued = password === null
  const typed = isContinued ? '' : password
  const secret = otp === null ? typed : `${typed}\u0000${otp}`
  return {
    by: 'password',
    isGuessable: password !== null || (otp !== null && !isSigned(otp)),
    newPassword,
    secondFactor: { otp, partial, isContinued, tries: partial, carried: null },
    identify: () => identifyByName(ctx, client, { username, secret, prove }),
    refusal: (outcome, { region }) => refusalOf(outcome, region, ctx.globalOrigin),
    lockedOut,
  }
}

/** Verifies a password against the stored hash, and only once for the same hash. */
export function verifying({ hasher }: Ctx, password: string): Identity['prove'] {
  const verdicts = new Map<string | null, boolean>()
  return async (account, { at }) => {
    const stored = account?.user.passwordHash ?? null
    const isRight = verdicts.get(stored) ?? (await hasher.verify(password, stored))
    verdicts.set(stored, isRight)
    return { account, proof: isRight ? { ...provedAt(at), password } : null }
  }
}
