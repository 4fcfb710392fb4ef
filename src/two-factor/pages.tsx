import * as z from 'zod'
import type { Ctx } from '../context.ts'
import { clearableText, integer } from '../http/check-parameters.ts'
import type { Language } from '../http/languages.ts'
import { type Viewer as PageViewer, page, type RefusedForm } from '../http/page-route.ts'
import { Problem } from '../http/problem.ts'
import { type Reply, seeOther } from '../http/route.ts'
import { sessionPurpose } from '../login/methods/reauthentication.ts'
import { accepts } from '../login/policy.ts'
import { messagesFor } from '../messages/messages.ts'
import { factorUser, type SessionCaller } from '../sessions/access.ts'
import { limitsOf } from '../sessions/session.ts'
import { logInAgainUrl } from '../ui/return-to.ts'
import {
  type NeededReauthentication,
  neededReauthentication,
  reauthenticating,
} from './confirm-button.tsx'
import {
  AppSetUpPage,
  FactorPage,
  KeySetUpPage,
  PhoneSetUpPage,
  RecoveryCodesPage,
} from './factor-page.tsx'
import { viewFactor } from './factor-view.ts'
import {
  beginFactor,
  completeFactor,
  findFactor,
  hasSetupExpired,
  removeFactor,
  renewRecoveryCodes,
} from './manage-factors.ts'
import {
  allowedMethods,
  type FactorMethod,
  isSecurityKey,
  type SecondFactorRow,
} from './second-factor.ts'
import { signRequestFor } from './second-step.ts'
import { partyAt, relyingPartiesOf } from './security-key.ts'

const proof = clearableText(16_384).optional()
const door = {
  access: factorUser,
  returnTo: '/account/2fa',
  replies: {
    200: 'The page',
    303: 'Done: redirects to the page. Or redirects to the login page',
    401: 'The page with the reason for the refusal',
    403: 'The page with the reason for the refusal',
    422: 'The page with its errors',
    429: 'The page with when to try again',
  },
  refused: (problem: Problem, { ctx, ...viewer }: RefusedForm<SessionCaller>) =>
    factorPage(ctx, viewer, { problem }),
} as const
const form = { ...door, limit: 'log-in' } as const

const show = page(
  {
    ...door,
    endpoint: 'GET /account/2fa',
    summary: 'The page of the user’s 2FA methods',
    parameters: {
      done: z.enum(['before']).optional().describe('The result of the previous action'),
    },
  },
  ({ parameters, ctx, ...viewer }) => {
    const done = parameters.done && messagesFor(viewer.language).twoFactor.doneBefore
    return factorPage(ctx, viewer, { done })
  },
)

const setUp = page(
  {
    ...door,
    endpoint: 'GET /account/2fa/set_up',
    summary: 'The page to set up a 2FA method, until it is complete or has expired',
    parameters: {
      id: integer(),
      wrong: z.boolean().optional().describe('Whether the last code was wrong'),
    },
  },
  async ({ parameters: { id, wrong }, ctx, ...viewer }) => {
    const { caller } = viewer
    const factor = await ctx.in(caller.region).secondFactors.find(id, caller.live.user.id)
    if (!factor || factor.completedAt !== null) return
    return setUpPage(ctx, viewer, factor, wrong ? wrongCode() : undefined)
  },
)

const addApp = page(
  {
    ...form,
    endpoint: 'POST /account/2fa/app',
    summary: 'The button to set up an authenticator app',
    parameters: { proof },
    repeated: ({ ctx, caller, language }) => setUpBefore(ctx, { caller, language, method: 'totp' }),
  },
  async ({ parameters: { proof }, ctx, ...viewer }) =>
    setUpAt(viewer, await beginNamed(ctx, viewer, { proof, method: 'totp' })),
)

const addPhone = page(
  {
    ...form,
    endpoint: 'POST /account/2fa/phone',
    summary: 'The form to set up a phone',
    parameters: { phone_number: clearableText(64), proof },
    repeated: ({ ctx, caller, language }) => setUpBefore(ctx, { caller, language, method: 'sms' }),
  },
  async ({ parameters: { phone_number: phoneNumber, proof }, ctx, ...viewer }) =>
    setUpAt(viewer, await beginNamed(ctx, viewer, { proof, method: 'sms', phoneNumber })),
)

const addKey = page(
  {
    ...form,
    endpoint: 'POST /account/2fa/key',
    summary: 'The button to register a security key',
    parameters: { proof },
    repeated: ({ ctx, caller, language }) =>
      setUpBefore(ctx, { caller, language, method: 'webauthn' }),
  },
  async ({ parameters: { proof }, ctx, ...viewer }) => {
    const parties = relyingPartiesOf(viewer.caller.live, ctx.globalOrigin)
    // Keys are bound to the site's own host, so the form continues there.
    if (!partyAt(parties, viewer.request.hostname))
      return seeOther(`${parties[0].origin}/account/2fa`)
    return setUpAt(viewer, await beginNamed(ctx, viewer, { proof, method: 'webauthn' }))
  },
)

const addYubikey = page(
  {
    ...form,
    endpoint: 'POST /account/2fa/yubikey',
    summary: 'The form to add a Yubikey with its first one-time password',
    parameters: { otp: clearableText(1_024), proof },
    repeated: ({ language }) => doneBefore(language),
  },
  async ({ parameters: { otp, proof }, ctx, ...viewer }) => {
    const factor = await beginNamed(ctx, viewer, { proof, method: 'yubi' })
    return completed(ctx, viewer, { factor, otp })
  },
)

const finish = page(
  {
    ...form,
    endpoint: 'POST /account/2fa/finish',
    summary: 'The form for the first code of a 2FA method',
    parameters: { id: integer(), otp: clearableText(16_384) },
    shown: ['id'],
    repeated: ({ language }) => doneBefore(language),
  },
  async ({ parameters: { id, otp }, ctx, ...viewer }) => {
    const factor = await findFactor(ctx, viewer.caller, id)
    try {
      return await completed(ctx, viewer, { factor, otp })
    } catch (problem) {
      if (!isWrongCode(problem)) throw problem
      return { ...setUpAt(viewer, factor, '&wrong=true'), isRefusal: true }
    }
  },
)

const remove = page(
  {
    ...form,
    endpoint: 'POST /account/2fa/remove',
    summary: 'The button to remove a 2FA method',
    parameters: { id: integer(), proof },
    shown: ['id'],
  },
  async ({ parameters: { id, proof }, ctx, ...viewer }) => {
    const actor = provingBy(ctx, viewer, proof)
    const factor = await findFactor(ctx, viewer.caller, id)
    await removeFactor(ctx, actor, factor)
  },
)

const renew = page(
  {
    ...form,
    endpoint: 'POST /account/2fa/recovery_codes',
    summary: 'The button to create new recovery codes',
    parameters: { proof },
    repeated: ({ language }) => doneBefore(language),
  },
  async ({ parameters, ctx, ...viewer }) => {
    const actor = provingBy(ctx, viewer, parameters.proof)
    const codes = await renewRecoveryCodes(ctx, actor)
    return <RecoveryCodesPage codes={codes} isSetUp={false} />
  },
)

type Viewer = PageViewer<SessionCaller>

/** Begins a method under the name that the page's language has for it. */
function beginNamed(
  ctx: Ctx,
  viewer: Viewer,
  input: { proof: string | undefined; method: FactorMethod; phoneNumber?: string },
): Promise<SecondFactorRow> {
  const { proof, method, phoneNumber } = input
  const name = messagesFor(viewer.language).twoFactor[method]
  return beginFactor(ctx, provingBy(ctx, viewer, proof), { method, name, phoneNumber })
}

/** Completes a method. The first one comes with recovery codes to show. */
async function completed(
  ctx: Ctx,
  viewer: Viewer,
  given: { factor: SecondFactorRow; otp: string },
) {
  const { session } = viewer.caller.live
  const { recoveryCodes: codes } = await completeFactor(ctx, viewer.actor, { ...given, session })
  return codes ? <RecoveryCodesPage codes={codes} isSetUp /> : undefined
}

/** Redirects to the set-up page of the method, so that a reload neither sends a code nor makes a new secret. */
function setUpAt(
  { language }: Pick<Viewer, 'language'>,
  { id }: SecondFactorRow,
  more = '',
): Reply {
  return seeOther(`/account/2fa/set_up?id=${id}&locale=${language}${more}`)
}

/** After a second click: redirects to the set-up page that the first click opened. */
async function setUpBefore(
  ctx: Ctx,
  input: { caller: SessionCaller | null; language: Language; method: FactorMethod },
): Promise<Reply> {
  const { caller, language, method } = input
  const own = caller ? await ctx.in(caller.region).secondFactors.ofUser(caller.live.user.id) : []
  const [newest] = own
    .filter((one) => one.method === method && one.completedAt === null)
    .toSorted((a, b) => b.createdAt - a.createdAt)
  return newest ? setUpAt({ language }, newest) : doneBefore(language)
}

/** Recovery codes are shown once. The page says how to get new ones. */
function doneBefore(language: Language): Reply {
  return seeOther(`/account/2fa?done=before&locale=${language}`)
}

async function factorPage(
  ctx: Ctx,
  viewer: Viewer,
  result: { problem?: Problem; done?: string | undefined },
): Promise<Reply> {
  const { caller, request } = viewer
  const { live, region } = caller
  const needed = neededReauthentication(ctx, caller)
  if (needed === 'password' && !accepts(live.user, 'password'))
    return seeOther(logInAgainUrl('/account/2fa'))
  const all = await ctx.in(region).secondFactors.ofUser(live.user.id)
  const factors = all.filter(({ completedAt }) => completedAt !== null)
  const isOff = { sms: ctx.textRules === null, yubi: ctx.yubico === null }
  const allowed = allowedMethods(live).filter(
    (method) => !(method in isOff && isOff[method as 'sms']),
  )
  const shown = {
    factors,
    allowed,
    proof:
      needed === 'code'
        ? await codeOrKey(ctx, viewer, factors)
        : needed && { by: needed, username: live.user.username },
    isDue: limitsOf(live, ctx.clock()).includes('two-factor-setup'),
    keyHosts: relyingPartiesOf(live, ctx.globalOrigin).map(({ rpId }) => rpId),
    hostname: request.hostname,
    ...result,
  }
  return { status: 200, body: <FactorPage {...shown} /> }
}

/** A one-time code, or a signature of a key that works at this host. */
async function codeOrKey(
  ctx: Ctx,
  { caller: { live }, request: { hostname } }: Viewer,
  factors: SecondFactorRow[],
): Promise<NeededReauthentication> {
  const challenge = { purpose: sessionPurpose(live.user) }
  const toSign = await signRequestFor(ctx, live, { factors, challenge, hostname })
  const options = toSign?.webauthn_authentication_options
  const isOfSite = partyAt(relyingPartiesOf(live, ctx.globalOrigin), hostname) !== null
  const key = options && isOfSite ? { options, isOnlyFactor: factors.every(isSecurityKey) } : null
  return { by: 'code', key }
}

async function setUpPage(ctx: Ctx, { caller }: Viewer, factor: SecondFactorRow, problem?: Problem) {
  if (hasSetupExpired(factor, ctx.clock()))
    throw new Problem('not-authenticated/two-factor-authentication-setup-expired')
  if (factor.method === 'sms') return <PhoneSetUpPage factor={factor} problem={problem} />
  const others = await ctx.in(caller.region).secondFactors.ofUser(factor.userId)
  const view = await viewFactor(ctx, caller.live, { factor, others })
  const { totp_provisioning_uri: uri, webauthn_registration_options: options } = view
  if (options) return <KeySetUpPage factor={factor} problem={problem} options={options} />
  // The site may have given up the host that the key was to be registered for.
  if (uri === null) throw new Problem('not-authenticated/two-factor-authentication-setup-expired')
  return <AppSetUpPage factor={factor} problem={problem} uri={uri} />
}

function wrongCode(): Problem {
  return new Problem('not-authenticated/one-time-password-incorrect')
}

function isWrongCode(error: unknown): error is Problem {
  return error instanceof Problem && error.type === 'not-authenticated/one-time-password-incorrect'
}

/** The user, with what they entered to reauthenticate. */
function provingBy(ctx: Ctx, viewer: Viewer, proof: string | undefined) {
  return { ...viewer.actor, ...reauthenticating(ctx, viewer.caller, proof) }
}

export const secondFactorPages = [
  ...[show, setUp, addApp, addPhone, addKey, addYubikey, finish, remove, renew],
]
