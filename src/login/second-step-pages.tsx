import * as z from 'zod'
import { clearableText, text } from '../platform/check-parameters.ts'
import type { Language } from '../platform/languages.ts'
import type { Problem } from '../platform/problem.ts'
import type { RequestFacts } from '../platform/request-facts.ts'
import { anyone, route } from '../platform/route.ts'
import { LONGEST_PARTIAL_SESSION } from '../second-factors/partial-session.ts'
import { safeReturn } from '../ui/return-to.ts'
import { type BrowserSessionNeeds, enterBySession } from './browser-session.ts'
import { deviceOf } from './device.ts'
import { type LogInNeeds, logIn } from './log-in.ts'
import { LogInForm } from './log-in-form.tsx'
import { SecondStepForm, type SecondStepSent } from './second-step-form.tsx'
import { textCode } from './text-code.ts'

type Needs = LogInNeeds & BrowserSessionNeeds

const page = {
  base: false,
  access: anyone,
  mediaType: 'text/html',
  method: 'POST',
  limit: 'log-in',
  limitedName: ({ username }: { username: string }) => username,
  problems: [],
} as const

const sent = {
  username: clearableText(1_024),
  partial_session_id: clearableText(LONGEST_PARTIAL_SESSION),
  methods: clearableText(64),
  key_options: clearableText(16_384).optional(),
  key_origins: clearableText(1_024).optional(),
  sso: text(1).optional(),
  return_to: text(2_048).optional(),
  locale: text(35).optional(),
}

const shown = [
  'username',
  'partial_session_id',
  'methods',
  'key_options',
  'key_origins',
  'sso',
  'return_to',
] as const

const refusals = {
  401: { description: 'The form, and why nobody was logged in', body: z.string() },
  403: {
    description: 'The form, with fields for a new password where one is due',
    body: z.string(),
  },
  422: { description: 'The form, and what is wrong', body: z.string() },
  429: { description: 'The form, and when to send it again', body: z.string() },
}

const finish = route<Needs>()(
  {
    ...page,
    path: '/login/second',
    summary: 'The form for a code of the second factor: sets the session cookie',
    parameters: z.object({
      ...sent,
      otp: clearableText(16_384),
      change_password: clearableText(1_024).optional(),
      change_password_confirmation: clearableText(1_024).optional(),
    }),
    shown,
    replies: { 303: { description: 'Logged in: on to the page that was asked for' }, ...refusals },
    tell,
  },
  async ({ parameters, services, request, language }) => {
    const { username, otp, change_password: chosen = '' } = parameters
    const device = await deviceOf(services.sealer, request, services.clock())
    const loggedIn = await logIn(services, {
      ...{ username, password: null, otp, partialSession: parameters.partial_session_id },
      ...{ scope: services.scope, device, request, language },
      newPassword:
        chosen === ''
          ? null
          : { password: chosen, confirmation: parameters.change_password_confirmation },
    })
    const place = safeReturn(parameters.return_to)
    return enterBySession(services, loggedIn, { request, device, place })
  },
)

const send = route<Needs>()(
  {
    ...page,
    path: '/login/second/send',
    summary: 'Its button that texts a code',
    parameters: z.object(sent),
    shown,
    replies: {
      200: { description: 'The form, and that a code is on its way', body: z.string() },
      ...refusals,
    },
    tell,
  },
  async ({ parameters, services, request, language }) => {
    const { scope } = services
    await textCode(services, { partialSession: parameters.partial_session_id, scope, language })
    const form = (
      <SecondStepForm {...{ language, request, sent: parameters, problem: null }} isTexted />
    )
    return { status: 200, body: form }
  },
)

/** A step that has died begins anew; else it is told where it was asked. */
function tell(
  problem: Problem,
  {
    parameters,
    language,
    request,
  }: { parameters: SecondStepSent; language: Language; request: RequestFacts },
) {
  const isOver =
    problem.status === 401 && problem.type !== 'not-authenticated/one-time-password-incorrect'
  return isOver ? (
    <LogInForm language={language} sent={parameters} problem={problem} />
  ) : (
    <SecondStepForm {...{ language, request, problem }} sent={parameters} />
  )
}

export const secondStepPages = [finish, send]
