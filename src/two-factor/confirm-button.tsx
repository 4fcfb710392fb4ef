import { RECENT_MS } from '../access/access-change.ts'
import { Problem } from '../http/problem.ts'
import type { SessionCaller } from '../sessions/access.ts'
import type { Clock } from '../storage/clock.ts'
import { SecretField, TextField, UsernameOfPassword } from '../ui/fields.tsx'
import { KeyButton } from '../ui/key-button.tsx'
import { useMessages } from '../ui/language.ts'
import { hasSecondFactor } from './second-factor.ts'

/** What a user must enter again before a change. */
export type NeededReauthentication =
  | { by: 'password'; username: string }
  /** A one-time code or a signature; `key` is null if none of the user's keys works here. */
  | { by: 'code'; key: { options: Record<string, unknown>; isOnlyFactor: boolean } | null }

/** The button of a form, with the reauthentication that it needs. Each form has field ids of its own. */
export function ConfirmButton(props: {
  /** Null if the user has just authenticated. */
  proof: NeededReauthentication | null
  /** The purpose of the form, for field ids. */
  purpose: string
  label: string
  ariaLabel?: string
  class?: string
}) {
  const { proof, purpose, label, ariaLabel, class: variant } = props
  const t = useMessages().twoFactor
  const submit = (
    <button type="submit" class={variant} aria-label={ariaLabel}>
      {label}
    </button>
  )
  const named = { id: `proof-${purpose}`, name: 'proof' }
  if (proof === null) return submit
  if (proof.by === 'password')
    return (
      <>
        <UsernameOfPassword username={proof.username} />
        <SecretField {...named} label={t.password} autocomplete="current-password" />
        {submit}
      </>
    )
  const { key } = proof
  const code = (
    <TextField
      {...named}
      label={key?.isOnlyFactor ? t.recoveryCode : t.code}
      autocomplete="one-time-code"
    />
  )
  if (!key)
    return (
      <>
        {code}
        {submit}
      </>
    )
  const button = {
    ...({ does: 'get', id: `key-${purpose}`, field: 'proof', options: key.options } as const),
    failed: t.proofFailed,
    isOneOfSeveral: true,
  }
  return key.isOnlyFactor ? (
    <>
      <KeyButton {...button} label={label} ariaLabel={ariaLabel} class={variant} />
      <details>
        <summary>{t.useRecoveryCode}</summary>
        {code}
        {submit}
      </details>
    </>
  ) : (
    <>
      {code}
      {submit}
      <KeyButton {...button} label={t.useKey} class="quiet" />
    </>
  )
}

/**
 * What a user must enter before they change their 2FA methods: a code if they have a method, else the password. Null
 * if they have just authenticated.
 */
export function neededReauthentication(
  { clock }: { clock: Clock },
  { live }: SessionCaller,
): 'password' | 'code' | null {
  const hasOne = hasSecondFactor(live.user)
  const { authenticatedAt, secondFactorAt } = live.session
  const provedAt = hasOne ? secondFactorAt : authenticatedAt
  if (clock() - provedAt < RECENT_MS) return null
  return hasOne ? 'code' : 'password'
}

/** Returns the caller with what the user entered. It is verified when the change is authorized. */
export function reauthenticating(
  ctx: { clock: Clock },
  caller: SessionCaller,
  typed: string | undefined,
): SessionCaller {
  const needed = neededReauthentication(ctx, caller)
  if (needed === null) return caller
  if (!typed) throw new Problem('not-authorized/reauthentication-failed', { reason: 'no proof' })
  return caller.proving(needed === 'code' ? { code: typed } : { password: typed })
}
