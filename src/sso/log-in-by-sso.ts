import type { Ctx } from '../context.ts'
import { missingParameter } from '../http/problem.ts'
import type { RequestFacts } from '../http/request-facts.ts'
import { bySsoCallback, continuedCallback } from '../login/methods/sso-callback.ts'
import { logIn } from '../login/pipeline.ts'
import { orRecord } from '../login/refusals.ts'
import type { LoggedIn } from '../sessions/session.ts'
import { sealedPartialSession } from '../two-factor/partial-session.ts'
import { ssoRefused } from './provider-fetch.ts'
import { openState, receiveCallback } from './receive-callback.ts'

interface Sent {
  oauth_provider?: string | undefined
  oauth_code?: string | undefined
  oauth_state?: string | undefined
  oauth_iss?: string | undefined
  otp?: string | undefined
  partial_session_id?: string | undefined
}

interface LoggedInBySso {
  loggedIn: LoggedIn
  /** The caller's own state, as it was sent. */
  state: string | undefined
}

/**
 * Logs a person in for a program that started the flow and owns the redirect: by the provider's code, or by the
 * second factor that was still needed.
 * @returns null if the request is another kind of login
 * @throws {Problem} invalid-oauth and whatever `bySsoCallback` refuses; request-params-required
 */
export async function logInBySso(
  ctx: Ctx,
  sent: Sent,
  { request, language }: { request: RequestFacts; language: string },
): Promise<LoggedInBySso | null> {
  const { oauth_provider: provider, oauth_code: code, oauth_state: sealed, otp = null } = sent
  const client = { request, device: null, language }
  const { partial_session_id: partialSession } = sent
  if (partialSession !== undefined && (await isOfSso(ctx, partialSession))) {
    const callback = await continuedCallback(ctx, client, { partialSession, otp })
    const loggedIn = await logIn(ctx, client, bySsoCallback(ctx, client, callback))
    return { loggedIn, state: callback.assertion.state }
  }
  if (provider === undefined && code === undefined && sealed === undefined) return null
  if (provider === undefined) throw missingParameter('oauth_provider')
  if (code === undefined) throw missingParameter('oauth_code')
  if (sealed === undefined) throw missingParameter('oauth_state')
  const state = await orRecord(ctx, request, async () => {
    const state = await openState(ctx, sealed)
    if (state.testFor !== undefined) throw ssoRefused('refused', 'a test login')
    return state
  })
  const { oauth_iss: iss } = sent
  const parameters = new URLSearchParams({ code, ...(iss !== undefined && { iss }) })
  const namesIssuer = iss !== undefined
  const assertion = await receiveCallback(ctx, state, {
    provider,
    browser: null,
    request,
    parameters,
    namesIssuer,
  })
  const callback = { assertion, otp, partial: null }
  const loggedIn = await logIn(ctx, client, bySsoCallback(ctx, client, callback))
  return { loggedIn, state: assertion.state }
}

async function isOfSso(ctx: Ctx, partialSession: string): Promise<boolean> {
  const partial = await sealedPartialSession.unseal(ctx, partialSession)
  return partial?.proof !== undefined
}
