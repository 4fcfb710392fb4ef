import * as z from 'zod'
import { clearableText, text } from '../platform/check-parameters.ts'
import type { Language } from '../platform/languages.ts'
import type { Problem } from '../platform/problem.ts'
import { anyone, route } from '../platform/route.ts'
import { endingSession } from '../sessions/access.ts'
import type { ManageSessionsNeeds as LogOutNeeds } from '../sessions/manage-sessions.ts'
import { noSessionCookie } from '../sessions/session-cookie.ts'
import { Form, SecretField, TextField } from '../ui/fields.tsx'
import { Page, Told } from '../ui/page.tsx'
import { safeReturn } from '../ui/return-to.ts'
import { refuseOtherSites } from '../ui/same-origin.ts'
import { type BrowserSessionNeeds, enterBySession } from './browser-session.ts'
import { deviceOf } from './device.ts'
import { type LogInNeeds, logIn } from './log-in.ts'
import { pageTextsIn } from './page-texts.ts'

const html = { base: false, access: anyone, mediaType: 'text/html' } as const
const locale = text(35).optional()
const return_to = text(2_048).optional()

const show = route<unknown>()(
  {
    ...html,
    method: 'GET',
    path: '/login',
    summary: 'The page to log in on',
    parameters: z.object({ return_to, username: text(256).optional(), locale }),
    replies: { 200: { description: 'The page', body: z.string() } },
    problems: [],
  },
  ({ parameters, language }) => ({
    status: 200,
    body: <LogInForm language={language} sent={parameters} />,
  }),
)

const send = route<LogInNeeds & BrowserSessionNeeds>()(
  {
    ...html,
    method: 'POST',
    path: '/login',
    summary: 'The form of that page: sets the session cookie',
    parameters: z.object({
      username: clearableText(1_024),
      password: clearableText(1_024),
      change_password: clearableText(1_024).optional(),
      change_password_confirmation: clearableText(1_024).optional(),
      return_to,
      locale,
    }),
    limit: 'log-in',
    limitedName: ({ username }) => username,
    replies: {
      303: { description: 'Logged in: on to the page that was asked for' },
      401: { description: 'The form, and why nobody was logged in', body: z.string() },
      403: {
        description: 'The form, with fields for a new password where one is due',
        body: z.string(),
      },
      422: { description: 'The form, and what is wrong with the new password', body: z.string() },
      429: { description: 'The form, and when to send it again', body: z.string() },
    },
    problems: [],
    tell: (problem, { parameters, language }) => (
      <LogInForm language={language} sent={parameters} problem={problem} />
    ),
  },
  async ({ parameters, services, request, language }) => {
    refuseOtherSites(request)
    const { username, password, change_password: chosen = '' } = parameters
    const device = await deviceOf(services.sealer, request, services.clock())
    const loggedIn = await logIn(services, {
      ...{
        username,
        password,
        otp: null,
        partialSession: null,
        scope: services.scope,
        device,
        request,
        language,
      },
      newPassword:
        chosen === ''
          ? null
          : { password: chosen, confirmation: parameters.change_password_confirmation },
    })
    const place = safeReturn(parameters.return_to)
    return enterBySession(services, loggedIn, { request, device, place })
  },
)

interface Sent {
  username?: string | undefined
  return_to?: string | undefined
}

function LogInForm(props: { language: Language; sent: Sent; problem?: Problem }) {
  const { language, sent, problem } = props
  const t = pageTextsIn(language)
  return (
    <Page language={language} title={t.logInTitle} path="/login">
      <Told language={language} problem={problem} />
      <Form language={language} action="/login" hidden={{ return_to: safeReturn(sent.return_to) }}>
        <TextField
          id="username"
          label={t.username}
          value={sent.username ?? ''}
          autocomplete="username"
        />
        <SecretField
          id="password"
          language={language}
          label={t.password}
          autocomplete="current-password"
        />
        {isAboutNewPassword(problem) ? (
          <>
            <SecretField
              id="change_password"
              language={language}
              label={t.newPassword}
              autocomplete="new-password"
            />
            <SecretField
              id="change_password_confirmation"
              language={language}
              label={t.again}
              autocomplete="new-password"
            />
          </>
        ) : null}
        <button type="submit">{t.logIn}</button>
      </Form>
      <a href={`/forgot?locale=${language}`}>{t.forgot}</a>
    </Page>
  )
}

function isAboutNewPassword(problem: Problem | undefined): boolean {
  return (
    problem?.type === 'not-authorized/password-change-required' ||
    problem?.type === 'processing-failure/model-save-error'
  )
}

const logOut = route<LogOutNeeds>()(
  {
    ...html,
    method: 'POST',
    path: '/logout',
    summary: 'The button that ends the session of the cookie',
    access: endingSession,
    returnTo: '/account',
    parameters: z.object({ locale }),
    replies: { 303: { description: 'The session has ended' } },
    problems: [],
  },
  async ({ caller, services }) => {
    const asked = { now: services.clock(), epoch: services.epoch, scope: services.scope }
    await services.sessionsIn(caller.region).end(caller.key, asked)
    return { status: 303, headers: { Location: '/login' }, cookies: [noSessionCookie] }
  },
)

export const loginPages = [show, send, logOut]
