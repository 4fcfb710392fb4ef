import { useContext } from 'hono/jsx'
import * as z from 'zod'
import type { Ctx } from '../../context.ts'
import { clearableText, text } from '../../http/check-parameters.ts'
import type { Language } from '../../http/languages.ts'
import { page } from '../../http/page-route.ts'
import { Problem } from '../../http/problem.ts'
import type { RequestFacts } from '../../http/request-facts.ts'
import { anyone, type Reply, seeOther } from '../../http/route.ts'
import { sealedCookie } from '../../http/sealed-cookie.ts'
import { fill, messagesFor } from '../../messages/messages.ts'
import { SECOND } from '../../storage/clock.ts'
import type { WaysOn } from '../../two-factor/second-step.ts'
import { SecretField, TextField, UsernameOfPassword } from '../../ui/fields.tsx'
import { Form, Submit } from '../../ui/form.tsx'
import { KeyButton } from '../../ui/key-button.tsx'
import { useLanguage, useMessages } from '../../ui/language.ts'
import { BrandingContext, Page, ProblemAlert } from '../../ui/page.tsx'
import { resetParameters } from './contract.ts'
import { requestReset } from './request-reset.ts'
import { RESET_CODE_LIFETIME_MS, readResetCode } from './reset-code.ts'
import { checkResetCode, resetPassword } from './reset-password.ts'

/** The code of the emailed link that was opened last, which is removed from the URL at once. */
const resetCookie = sealedCookie('__Host-latchkey-reset', {
  typ: 'latchkey-reset-link+jwt',
  lifetimeSeconds: RESET_CODE_LIFETIME_MS / SECOND,
  content: z.object({ code: z.string() }),
})

const forgotPage = page(
  {
    access: anyone,
    endpoint: 'GET /forgot',
    summary: 'The page to request a password reset',
    replies: { 200: 'The page' },
  },
  () => <ForgotForm />,
)

const sendForgot = page(
  {
    access: anyone,
    endpoint: 'POST /forgot',
    worksWithoutCookies: true,
    summary: 'The form to request a password reset',
    parameters: { username_or_email: clearableText(256) },
    replies: {
      200: 'The same page for every name',
      403: 'The form with the reason for the refusal',
      429: 'The form with when to try again',
    },
    limit: 'password-reset',
    limitedName: ({ username_or_email: name }) => name,
    repeated: ({ language }) => forgotDone(language),
    problemReply: (problem) => <ForgotForm problem={problem} />,
  },
  async ({ parameters: { username_or_email: name }, ctx, language }) => {
    if (name !== '') await requestReset(ctx, { by: 'either', name, language })
    return forgotDone(language)
  },
)

const resetPage = page(
  {
    access: anyone,
    endpoint: 'GET /reset',
    summary:
      'The page of a mailed reset link. Takes the code out of the URL. Opening it consumes nothing',
    parameters: { code: text(256).optional() },
    secretInAddress: true,
    replies: {
      200: 'The form',
      303: 'Redirects to the same page without the code in its URL',
      401: 'The page with the reason for the refusal',
      429: 'The page with when to try again',
    },
    limit: 'password-reset',
    problemReply: (problem, { request }) => (
      <DeadLinkPage problem={problem} isOpened={resetCookie.isSent(request)} />
    ),
  },
  async ({ parameters: { code: typed, locale }, ctx, request, language }) => {
    if (typed !== undefined)
      return seeOther(locale === undefined ? '/reset' : `/reset?locale=${language}`, [
        await resetCookie.set(ctx, { code: readResetCode(typed) }),
      ])
    const opened = await resetCookie.read(ctx, request)
    if (!opened)
      throw new Problem('not-authenticated/invalid-or-expired-code', { reason: 'no link opened' })
    const { code } = opened
    const { username } = (await checkResetCode(ctx, code)).account.user
    return <ResetForm code={code} username={username} />
  },
)

const sendReset = page(
  {
    access: anyone,
    endpoint: 'POST /reset',
    worksWithoutCookies: true,
    summary: 'The form that sets the new password',
    parameters: {
      code: resetParameters.shape.code,
      username: text(1_024).optional(),
      password: clearableText(1024),
      confirm_password: clearableText(1024),
      otp: clearableText(4096).optional(),
    },
    shown: ['code', 'username'],
    replies: {
      200: 'The password was changed',
      401: 'The form with the reason for the refusal',
      403: 'The form with the reason for the refusal',
      422: 'The form with the errors of the password',
      429: 'The form with when to try again',
    },
    limit: 'password-reset',
    repeated: ({ parameters: { code }, ctx, request, language }) =>
      resetDone(ctx, { code, request, language }),
    problemReply: (problem, { parameters: { code, username } }) => (
      <ResetForm code={code} username={username} problem={problem} />
    ),
  },
  async ({ parameters, ctx, request, language }) => {
    const { code, password, confirm_password: confirmPassword } = parameters
    const otp = parameters.otp || null
    await resetPassword(ctx, { code, password, confirmPassword, otp, language, request })
    return resetDone(ctx, { code, request, language })
  },
)

function forgotDone(language: Language): Reply {
  const { sentTitle, sent } = messagesFor(language).passwordReset
  return donePage(language, { title: sentTitle, text: sent })
}

async function resetDone(
  ctx: Ctx,
  { code, request, language }: { code: string; request: RequestFacts; language: Language },
): Promise<Reply> {
  const { doneTitle, done } = messagesFor(language).passwordReset
  // Keeps the cookie of a link that another tab has opened.
  const opened = await resetCookie.read(ctx, request)
  const cookies = opened?.code === code ? [resetCookie.forget] : []
  return { ...donePage(language, { title: doneTitle, text: done }), cookies }
}

function donePage(language: Language, { title, text }: { title: string; text: string }): Reply {
  const body = (
    <Page title={title}>
      <p role="status">{text}</p>
      <a href={`/login?locale=${language}`}>{messagesFor(language).passwordReset.logIn}</a>
    </Page>
  )
  return { status: 200, body }
}

function ForgotForm({ problem }: { problem?: Problem }) {
  const language = useLanguage()
  const t = useMessages().passwordReset
  return (
    <Page title={t.forgotTitle} path="/forgot">
      <ProblemAlert problem={problem} />
      <p>{t.forgotHint}</p>
      <Form action="/forgot">
        <TextField id="username_or_email" label={t.name} autocomplete="username" />
        <Submit label={t.send} />
      </Form>
      <a href={`/login?locale=${language}`}>{t.logIn}</a>
    </Page>
  )
}

/** Says that the link does not work, or that no link was opened here, before the person chooses a password. */
function DeadLinkPage(props: { problem: Problem; isOpened: boolean }) {
  const language = useLanguage()
  const { problem, isOpened } = props
  const t = useMessages().passwordReset
  return (
    <Page title={t.resetTitle}>
      {isOpened || problem.status !== 401 ? (
        <ProblemAlert problem={problem} />
      ) : (
        <p role="alert" tabindex={-1}>
          {t.openAgain}
        </p>
      )}
      <a href={`/forgot?locale=${language}`}>{t.another}</a>
    </Page>
  )
}

function ResetForm(props: {
  code: string
  /** The user who gets the password. */
  username: string | undefined
  problem?: Problem
}) {
  const language = useLanguage()
  const { code, username = '', problem } = props
  const t = useMessages().passwordReset
  const branding = useContext(BrandingContext)
  const options = keyOptionsIn(problem)
  const least = branding && fill(t.least, { least: String(branding.passwordMinLength) })
  return (
    <Page title={t.resetTitle}>
      <ProblemAlert problem={problem} />
      <Form action="/reset" shown={{ code, username }}>
        <UsernameOfPassword username={username} />
        <SecretField
          id="password"
          label={t.password}
          autocomplete="new-password"
          hint={least ? `${t.advice} ${least}` : t.advice}
        />
        <SecretField id="confirm_password" label={t.again} autocomplete="new-password" />
        {asksForCode(problem) ? (
          <TextField id="otp" label={t.otp} autocomplete="one-time-code" />
        ) : null}
        <Submit label={t.save} />
        {options && branding ? (
          <KeyButton
            does="get"
            options={options}
            label={t.useKey}
            failed={t.keyFailed}
            class="quiet"
            isOneOfSeveral
          />
        ) : null}
      </Form>
      <a href={`/forgot?locale=${language}`}>{t.another}</a>
    </Page>
  )
}

/** What a security key must sign, if the user has one that works at the site's hosts. */
function keyOptionsIn(problem: Problem | undefined): Record<string, unknown> | undefined {
  if (!problem || !asksForCode(problem)) return undefined
  return (problem.details.data as Partial<WaysOn>).webauthn_authentication_options
}

function asksForCode(problem: Problem | undefined): boolean {
  return (
    problem?.type === 'not-authenticated/two-factor-authentication-error' ||
    problem?.type === 'not-authenticated/one-time-password-incorrect'
  )
}

export const passwordResetPages = [forgotPage, sendForgot, resetPage, sendReset]
