import { clearableText } from '../http/check-parameters.ts'
import { page } from '../http/page-route.ts'
import type { Problem } from '../http/problem.ts'
import { anyone } from '../http/route.ts'
import { TextField } from '../ui/fields.tsx'
import { ButtonForm, Form, Submit } from '../ui/form.tsx'
import { useLanguage, useMessages } from '../ui/language.ts'
import { NameEntry, Page, ProblemAlert } from '../ui/page.tsx'
import type { Account } from '../users/account.ts'
import { behindLogin, browserOf, logInBrowser } from './browser-session.ts'
import type { Ending } from './login.ts'
import { byLoginToken } from './methods/login-token.ts'
import { authenticate } from './pipeline.ts'

const sent = {
  access: anyone,
  parameters: { login_token: clearableText(4_096) },
  limit: 'log-in',
} as const
const refusals = {
  401: 'The page with the reason for the refusal',
  403: 'The page with the reason for the refusal',
  429: 'The page with when to try again',
}

/** The token is in the URL's fragment, which reaches no server and no log. */
const open = page(
  {
    access: anyone,
    endpoint: 'GET /login/token',
    summary: 'The page for a login token, opened as /login/token#TOKEN. Opening it logs nobody in',
    replies: { 200: 'The page' },
  },
  () => <TokenForm />,
)

/** Returns whom the token would log in. Nothing is consumed, and only a refusal is recorded. */
const previewed: Ending<Account> = async (_ctx, _login, { account }) => ({ result: account })

const ask = page(
  {
    ...sent,
    endpoint: 'POST /login/token',
    summary: 'The form of a login token: asks for confirmation, with the user’s name',
    replies: { 200: 'The request for confirmation', ...refusals },
    problemReply: problemPage,
  },
  async ({ parameters: { login_token: token }, ctx, request, language }) => {
    const client = { request, device: null, language }
    const method = byLoginToken(ctx, client, token)
    const account = await authenticate(ctx, { client, method }, previewed)
    return <AskPage token={token} account={account} />
  },
)

const confirm = page(
  {
    ...sent,
    endpoint: 'POST /login/token/confirm',
    shown: ['login_token'],
    summary: 'The confirmation button. Consumes the token and sets the session cookie',
    replies: { 303: 'Logged in: redirects to the account page', ...refusals },
    repeated: ({ request }) => behindLogin('/account', request),
    problemReply: problemPage,
  },
  async ({ parameters: { login_token: token }, ctx, request, language }) => {
    const browser = await browserOf(ctx, { request, language })
    const method = byLoginToken(ctx, browser, token)
    return logInBrowser(ctx, browser, { method, returnTo: '/account' })
  },
)

function problemPage(problem: Problem) {
  return <TokenForm problem={problem} />
}

function TokenForm({ problem }: { problem?: Problem }) {
  const language = useLanguage()
  const t = useMessages().login
  const isRefused = problem?.status === 401
  return (
    <Page title={t.tokenTitle}>
      {isRefused ? (
        <p role="alert" tabindex={-1}>
          {t.tokenRefused}
        </p>
      ) : (
        <ProblemAlert problem={problem} />
      )}
      <Form action="/login/token" takesFragment={problem === undefined}>
        <TextField id="login_token" label={t.token} hint={t.tokenHint} />
        <Submit label={t.goOn} />
      </Form>
      <a href={`/login?locale=${language}`}>{t.withPassword}</a>
    </Page>
  )
}

function AskPage(props: { token: string; account: Account }) {
  const language = useLanguage()
  const { token, account } = props
  const t = useMessages().login
  return (
    <Page title={t.tokenAsks}>
      <dl>
        <NameEntry term={t.username} name={account.user.username} />
        <NameEntry term={t.site} name={account.site.name} />
      </dl>
      <p>{t.tokenWarning}</p>
      <ButtonForm action="/login/token/confirm" shown={{ login_token: token }} label={t.logIn} />
      <a href={`/login?locale=${language}`}>{t.notMe}</a>
    </Page>
  )
}

export const tokenPages = [open, ask, confirm]
