import * as z from 'zod'
import { integer, nameText, text } from '../http/check-parameters.ts'
import { missingParameter, Problem } from '../http/problem.ts'
import { anyone, apiObject, listReply, route } from '../http/route.ts'
import { sessionPurpose } from '../login/methods/reauthentication.ts'
import { mailLanguage } from '../notifications/compose-mail.ts'
import {
  accessChangeProblems,
  accessSaveProblems,
  factorUser,
  siteAdmin,
} from '../sessions/access.ts'
import { siteShownAt } from '../sites/site-branding.ts'
import { factorObject, methodType, viewFactor } from './factor-view.ts'
import {
  beginFactor,
  completeFactor,
  findFactor,
  hasSetupExpired,
  removeFactor,
  renewRecoveryCodes,
  resetFactorsOf,
} from './manage-factors.ts'
import { signRequestFor } from './second-step.ts'
import { relyingPartiesOf } from './security-key.ts'
import { sendCode } from './send-code.ts'

const id = integer().describe('The method’s id')
const notFound = 'not-found/two-factor-method-not-found'

const list = route(
  {
    endpoint: 'GET /2fa',
    summary: 'List the caller’s 2FA methods, complete or not',
    access: factorUser,
    replies: { 200: listReply('The methods', factorObject, 'TwoFactorMethods') },
  },
  async ({ caller: { live, region }, ctx }) => {
    const factors = await ctx.in(region).secondFactors.ofUser(live.user.id)
    const body = await Promise.all(
      factors.map((factor) => viewFactor(ctx, live, { factor, others: factors })),
    )
    return { status: 200, body }
  },
)

const create = route(
  {
    endpoint: 'POST /2fa',
    summary: 'Start setting up a 2FA method. Its first code completes it',
    access: factorUser,
    parameters: z.object({
      method_type: methodType,
      name: nameText(256).optional(),
      phone_number: text(64).optional().describe('For sms: with + and the country code'),
    }),
    limit: 'log-in',
    replies: { 201: { description: 'The method', body: factorObject } },
    problems: [
      ...accessSaveProblems,
      'processing-failure/two-factor-authentication-code-already-sent',
    ],
  },
  async ({ parameters, caller, actor, ctx }) => {
    const { method_type: method, name = method, phone_number: phoneNumber } = parameters
    const factor = await beginFactor(ctx, actor, { method, name, phoneNumber })
    const others = await ctx.in(caller.region).secondFactors.ofUser(factor.userId)
    return { status: 201, body: await viewFactor(ctx, caller.live, { factor, others }) }
  },
)

const resend = route(
  {
    endpoint: 'POST /2fa/send_code',
    summary: 'Text a new code to the caller’s phone, and get a challenge for security keys',
    access: factorUser,
    parameters: z.object({ u2f_only: z.boolean().optional() }),
    limit: 'log-in',
    replies: {
      200: {
        description: 'Sent',
        body: apiObject('SentCode', {
          sent: z.boolean(),
          security_key_origins: z
            .array(z.string())
            .optional()
            .describe('The origins where the caller’s security keys work'),
          u2f_sign_requests: z.array(z.record(z.string(), z.unknown())).optional(),
          webauthn_authentication_options: z.record(z.string(), z.unknown()).optional(),
        }),
      },
    },
    problems: [
      notFound,
      'processing-failure/model-save-error',
      'processing-failure/two-factor-authentication-code-already-sent',
    ],
  },
  async ({ parameters, caller: { live, region }, ctx, request, language }) => {
    const factors = await ctx.in(region).secondFactors.ofUser(live.user.id)
    const challenge = { purpose: sessionPurpose(live.user) }
    const complete = factors.filter(({ completedAt }) => completedAt !== null)
    const toSign = await signRequestFor(ctx, live, {
      factors: complete,
      challenge,
      hostname: request.hostname,
    })
    if (parameters.u2f_only) return { status: 200, body: { sent: false, ...toSign } }
    const texted = factors.filter(
      (factor) => factor.method === 'sms' && !hasSetupExpired(factor, ctx.clock()),
    )
    const factor = texted.find(({ completedAt }) => completedAt === null) ?? texted[0]
    if (!factor) throw new Problem(notFound)
    await sendCode(ctx, region, { factor, site: live.site, language: mailLanguage(live, language) })
    return { status: 200, body: { sent: true, ...toSign } }
  },
)

const update = route(
  {
    endpoint: 'PATCH /2fa/:id',
    summary: 'Complete a 2FA method with its first code, or rename it',
    access: factorUser,
    parameters: z.object({ id, otp: text(16_384).optional(), name: nameText(256).optional() }),
    limit: 'log-in',
    replies: { 200: { description: 'The method', body: factorObject } },
    problems: [
      notFound,
      'bad-request/request-params-required',
      'not-authenticated/one-time-password-incorrect',
      'not-authenticated/two-factor-authentication-setup-expired',
      'processing-failure/model-save-error',
      'service-unavailable/second-factor-unavailable',
    ],
  },
  async ({ parameters: { id, otp, name }, caller, actor, ctx }) => {
    const { live, region } = caller
    const factor = await findFactor(ctx, caller, id)
    if (otp === undefined && name === undefined) throw missingParameter('otp')
    if (name !== undefined) await ctx.in(region).secondFactors.rename(factor, name)
    const named = { ...factor, name: name ?? factor.name }
    const completed =
      otp !== undefined && factor.completedAt === null
        ? await completeFactor(ctx, actor, { factor: named, otp, session: live.session })
        : null
    const changed = await findFactor(ctx, caller, id)
    const others = await ctx.in(region).secondFactors.ofUser(live.user.id)
    const body = await viewFactor(ctx, live, { factor: changed, others })
    const codes = completed?.recoveryCodes
    return { status: 200, body: { ...body, ...(codes && { recovery_codes: codes }) } }
  },
)

const remove = route(
  {
    endpoint: 'DELETE /2fa/:id',
    summary: 'Remove a 2FA method at once',
    access: factorUser,
    parameters: z.object({ id }),
    replies: { 204: { description: 'It was removed' } },
    problems: [...accessChangeProblems, notFound],
  },
  async ({ parameters: { id }, caller, actor, ctx }) => {
    const factor = await findFactor(ctx, caller, id)
    await removeFactor(ctx, actor, factor)
    return { status: 204 }
  },
)

const renewCodes = route(
  {
    endpoint: 'POST /2fa/recovery_codes',
    summary: 'Create new recovery codes. The previous ones become void',
    access: factorUser,
    replies: {
      201: {
        description: 'The codes, shown once',
        body: apiObject('RecoveryCodes', { recovery_codes: z.array(z.string()) }),
      },
    },
    problems: [...accessChangeProblems, notFound],
  },
  async ({ actor, ctx }) => {
    const codes = await renewRecoveryCodes(ctx, actor)
    return { status: 201, body: { recovery_codes: codes } }
  },
)

const reset = route(
  {
    endpoint: 'POST /users/:id/2fa/reset',
    summary: 'Remove all 2FA methods of a user who has lost them',
    access: siteAdmin,
    parameters: z.object({ id: integer().describe('The user’s id') }),
    replies: { 204: { description: 'The methods were removed' } },
    problems: [...accessChangeProblems, 'not-found/user-not-found'],
  },
  async ({ parameters: { id }, caller, actor, ctx }) => {
    const account = await ctx.in(caller.region).users.withId(id)
    if (account?.site.id !== caller.live.site.id) throw new Problem('not-found/user-not-found')
    await resetFactorsOf(ctx, actor, account.user)
    return { status: 204 }
  },
)

/** Lets each host of a site use security keys that were registered at another of its hosts. */
const relatedOriginsRoute = route(
  {
    base: false,
    endpoint: 'GET /.well-known/webauthn',
    summary: 'The origins that can use this host’s security keys (WebAuthn L3 §5.11)',
    access: anyone,
    limit: 'anonymous',
    replies: {
      200: {
        description: 'All hosts of the site',
        body: apiObject('RelatedOrigins', { origins: z.array(z.string()) }),
      },
    },
    problems: ['not-found/not-found', 'service-unavailable/storage-unavailable'],
  },
  async ({ ctx }) => {
    const site = await siteShownAt(ctx, ctx.scope)
    if (!site) throw new Problem('not-found/not-found')
    const parties = relyingPartiesOf({ site }, ctx.globalOrigin)
    return { status: 200, body: { origins: parties.map(({ origin }) => origin) } }
  },
)

export const secondFactorRoutes = [
  ...[list, create, resend, update, remove, renewCodes, reset],
  relatedOriginsRoute,
]
