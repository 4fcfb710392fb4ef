import * as z from 'zod'
import type { Ctx } from '../context.ts'
import { clearableText, integer, text } from '../http/check-parameters.ts'
import type { Language } from '../http/languages.ts'
import { type Reply, route } from '../http/route.ts'
import { behindLogin, enterBySession } from '../login/browser-session.ts'
import { deviceOf } from '../login/device.ts'
import { bySsoCallback, carriedProof, continuedCallback } from '../login/methods/sso-callback.ts'
import { logIn } from '../login/pipeline.ts'
import { orRecord } from '../login/record-at-host.ts'
import { secondStepItself } from '../login/second-step-reply.tsx'
import {
  secondStepReplies,
  secondStepSent,
  shownAtSecondStep,
  tellSecondStep,
} from '../login/second-step-sent.tsx'
import { LONGEST_PARTIAL_SESSION } from '../two-factor/partial-session.ts'
import { safeReturn } from '../ui/return-to.ts'
import { arrive, redirectOf, stateAt } from './arrive.ts'
import { type Proof, sealProof } from './proof.ts'
import { redirectHost } from './redirect-address.ts'
import { SsoAskPage, SsoFailedPage } from './sso-page.tsx'
import { html, LONGEST_CODE, locale, refusals, strategiesAt, tell } from './sso-route.tsx'
import { testPassed } from './test-login.tsx'

const comeBack = route(
  {
    ...html,
    method: 'GET',
    path: '/login_from_oauth/:strategy',
    summary:
      'Where the provider of one strategy sends people back to, at the site’s own host: sets the session ' +
      'cookie, or asks first',
    parameters: z.object({
      strategy: integer(),
      code: text(LONGEST_CODE).optional(),
      state: clearableText(LONGEST_CODE).optional(),
      iss: text(2_048).optional(),
      error: text(512).optional(),
      locale,
    }),
    secretInAddress: true,
    limit: 'log-in',
    replies: {
      200: { description: 'Asks whether to log in, where a program began it', body: z.string() },
      303: { description: 'Logged in: on to a page' },
      ...refusals,
    },
    tell,
  },
  async ({ parameters, ctx, request, language }): Promise<Reply> => {
    const { strategy, code, state: sealed = '', iss, error } = parameters
    const { scope } = ctx
    const state = await orRecord(ctx, { scope, request }, () =>
      stateAt(ctx, sealed, { strategy, hostname: request.hostname }),
    )
    const answer = new URLSearchParams(present({ code, iss, error }))
    const device = await deviceOf(ctx.sealer, request, ctx.clock())
    const proof = await arrive(ctx, state, {
      scope,
      provider: undefined,
      browser: device.id,
      request,
      parameters: answer,
      namesIssuer: true,
    })
    if (state.testFor !== undefined) return testPassed(ctx, state, { proof, language })
    if (state.browser === undefined) return askFirst(ctx, proof, language)
    const client = { request, device, language }
    const callback = { proof, otp: null, partial: null }
    const loggedIn = await logIn(ctx, client, bySsoCallback(ctx, client, callback))
    return enterBySession(ctx, loggedIn, { request, device, place: placeOf(proof) })
  },
)

function present(sent: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(sent).filter((pair): pair is [string, string] => pair[1] !== undefined),
  )
}

async function askFirst(ctx: Ctx, proof: Proof, language: Language): Promise<Reply> {
  const { person } = proof
  const { sealer, clock, scope } = ctx
  const strategies = await strategiesAt(ctx, scope)
  const label = strategies.find(({ id }) => id === proof.strategy)?.label ?? ''
  return {
    status: 200,
    body: (
      <SsoAskPage
        language={language}
        proof={await sealProof(sealer, proof, clock())}
        person={person.email ?? person.name ?? person.subject}
        provider={label}
        site={redirectHost(redirectOf(proof), ctx.globalOrigin)}
      />
    ),
  }
}

/** A caller's own state comes back to it in the address. */
function placeOf({ state, place }: Proof): string {
  return state === undefined
    ? safeReturn(place)
    : `/account?${new URLSearchParams({ state }).toString()}`
}

const confirm = route(
  {
    ...html,
    method: 'POST',
    path: '/login/sso/confirm',
    summary: 'The button of the page that asks first: sets the session cookie',
    parameters: z.object({ proof: clearableText(LONGEST_PARTIAL_SESSION), locale }),
    shown: ['proof'],
    limit: 'log-in',
    replies: {
      ...secondStepItself,
      303: { description: 'Logged in: on to the account page; or to the second step' },
      ...refusals,
    },
    repeated: async ({ parameters, ctx, request }) =>
      behindLogin(placeOf(await carriedProof(ctx, parameters.proof)), request),
    tell,
  },
  async ({ parameters, ctx, request, language }) => {
    const { scope } = ctx
    const proof = await orRecord(ctx, { scope, request }, () => carriedProof(ctx, parameters.proof))
    const device = await deviceOf(ctx.sealer, request, ctx.clock())
    const client = { request, device, language }
    const callback = { proof, otp: null, partial: null }
    const loggedIn = await logIn(ctx, client, bySsoCallback(ctx, client, callback))
    return enterBySession(ctx, loggedIn, { request, device, place: placeOf(proof) })
  },
)

const finish = route(
  {
    ...html,
    method: 'POST',
    path: '/login/sso/second',
    summary: 'The form for a code of the second factor, after a provider: sets the session cookie',
    parameters: z.object({ ...secondStepSent, otp: clearableText(16_384), locale }),
    shown: shownAtSecondStep,
    limit: 'log-in',
    limitedName: ({ username }) => username,
    replies: secondStepReplies,
    repeated: ({ parameters, request }) => behindLogin(safeReturn(parameters.return_to), request),
    tell: (problem, told) =>
      problem.type === 'not-authenticated/invalid-oauth' ? (
        <SsoFailedPage language={told.language} problem={problem} />
      ) : (
        tellSecondStep(problem, { ...told, parameters: { ...told.parameters, sso: '1' } })
      ),
  },
  async ({ parameters, ctx, request, language }) => {
    const { otp, partial_session_id: partialSession } = parameters
    const device = await deviceOf(ctx.sealer, request, ctx.clock())
    const client = { request, device, language }
    const callback = await continuedCallback(ctx, client, { partialSession, otp })
    const loggedIn = await logIn(ctx, client, bySsoCallback(ctx, client, callback))
    return enterBySession(ctx, loggedIn, { request, device, place: placeOf(callback.proof) })
  },
)

export const ssoRoutes = [comeBack, confirm, finish]
