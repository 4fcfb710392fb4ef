import * as z from 'zod'
import { clearableText, text } from '../platform/check-parameters.ts'
import type { Language } from '../platform/languages.ts'
import { Problem } from '../platform/problem.ts'
import { problemText } from '../platform/problem-reply.ts'
import type { RequestFacts } from '../platform/request-facts.ts'
import { anyone, type Reply, route } from '../platform/route.ts'
import { Page, pageText } from '../ui/page.tsx'
import { resetParameters } from './contract.ts'
import { pageTextsIn } from './page-texts.ts'
import { type RequestResetNeeds, requestReset } from './request-reset.ts'
import { type ResetNeeds, resetPassword } from './reset-password.ts'

const locale = text(35).optional()
const html = { base: false, access: anyone, mediaType: 'text/html' } as const

/** A page whose address or form holds a code tells no other site of it. */
const NO_REFERRER = { 'Referrer-Policy': 'no-referrer' }

const forgotPage = route<unknown>()(
  {
    ...html,
    method: 'GET',
    path: '/forgot',
    summary: 'The page to ask for a reset',
    parameters: z.object({ locale }),
    replies: { 200: { description: 'The page', body: z.string() } },
    problems: [],
  },
  ({ language }) => ({ status: 200, body: pageText(<ForgotForm language={language} />) }),
)

const sendForgot = route<RequestResetNeeds>()(
  {
    ...html,
    method: 'POST',
    path: '/forgot',
    summary: 'The form of that page',
    parameters: z.object({ username_or_email: clearableText(256), locale }),
    replies: {
      200: { description: 'The same, whoever is meant', body: z.string() },
      403: { description: 'The form, and why it was not taken', body: z.string() },
      429: { description: 'The form, and when to send it again', body: z.string() },
    },
    limit: 'password-reset',
    limitedName: ({ username_or_email: name }) => name,
    problems: [],
    tell: (problem, { language }) => pageText(<ForgotForm language={language} problem={problem} />),
  },
  async ({ parameters: { username_or_email: name }, services, request, language }) => {
    refuseOtherSites(request)
    if (name !== '') await requestReset(services, { by: 'either', name, language })
    const { sentTitle, sent } = pageTextsIn(language)
    return donePage(language, { title: sentTitle, text: sent })
  },
)

const resetPage = route<unknown>()(
  {
    ...html,
    method: 'GET',
    path: '/reset',
    summary: 'The page that a mailed link opens; to open it uses nothing up',
    parameters: z.object({ code: text(256).optional(), locale }),
    replies: { 200: { description: 'The page', body: z.string() } },
    problems: [],
  },
  ({ parameters: { code = '' }, language }) => ({
    status: 200,
    headers: NO_REFERRER,
    body: pageText(<ResetForm language={language} code={code} />),
  }),
)

const sendReset = route<ResetNeeds>()(
  {
    ...html,
    method: 'POST',
    path: '/reset',
    summary: 'The form of that page',
    parameters: z.object({
      code: resetParameters.shape.code,
      password: clearableText(1024),
      confirm_password: clearableText(1024),
      locale,
    }),
    replies: {
      200: { description: 'The password is changed', body: z.string() },
      401: { description: 'The form, and why the code was refused', body: z.string() },
      403: { description: 'The form, and why it was not taken', body: z.string() },
      422: { description: 'The form, and what is wrong with the password', body: z.string() },
      429: { description: 'The form, and when to send it again', body: z.string() },
    },
    limit: 'password-reset',
    problems: [],
    tell: (problem, { parameters: { code }, language }) =>
      pageText(<ResetForm language={language} code={code} problem={problem} />),
  },
  async ({ parameters, services, request, language }) => {
    const { code, password, confirm_password: confirmPassword } = parameters
    refuseOtherSites(request)
    await resetPassword(services, { code, password, confirmPassword, language, request })
    const { doneTitle, done } = pageTextsIn(language)
    return donePage(language, { title: doneTitle, text: done })
  },
)

function donePage(language: Language, { title, text }: { title: string; text: string }): Reply {
  const page = (
    <Page language={language} title={title}>
      <p role="status">{text}</p>
    </Page>
  )
  return { status: 200, headers: NO_REFERRER, body: pageText(page) }
}

/** A form counts when it comes from a page of this very host (checklist: CSRF). */
function refuseOtherSites({ isSameOrigin }: RequestFacts): void {
  if (!isSameOrigin) throw new Problem('not-authorized/cross-site-request')
}

function ForgotForm({ language, problem }: { language: Language; problem?: Problem }) {
  const t = pageTextsIn(language)
  return (
    <Page language={language} title={t.forgotTitle}>
      <Told language={language} problem={problem} />
      <p>{t.forgotHint}</p>
      <form method="post" action="/forgot">
        <input type="hidden" name="locale" value={language} />
        <p>
          <label for="name">{t.name}</label>
          <br />
          <input id="name" name="username_or_email" autocomplete="username" required />
        </p>
        <button type="submit">{t.send}</button>
      </form>
    </Page>
  )
}

function ResetForm(props: { language: Language; code: string; problem?: Problem }) {
  const { language, code, problem } = props
  const t = pageTextsIn(language)
  return (
    <Page language={language} title={t.resetTitle}>
      <Told language={language} problem={problem} />
      <form method="post" action="/reset">
        <input type="hidden" name="locale" value={language} />
        <input type="hidden" name="code" value={code} />
        <Password id="password" label={t.password} />
        <Password id="confirm_password" label={t.again} />
        <button type="submit">{t.save}</button>
      </form>
      <p>
        <a href="/forgot">{t.another}</a>
      </p>
    </Page>
  )
}

function Password({ id, label }: { id: string; label: string }) {
  return (
    <p>
      <label for={id}>{label}</label>
      <br />
      <input id={id} name={id} type="password" autocomplete="new-password" required />
    </p>
  )
}

function Told(props: { language: Language; problem: Problem | undefined }) {
  return props.problem ? <p role="alert">{problemText(props.problem, props.language)}</p> : null
}

export const passwordResetPages = [forgotPage, sendForgot, resetPage, sendReset]
