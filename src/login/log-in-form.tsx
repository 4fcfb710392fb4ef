import type { Language } from '../platform/languages.ts'
import type { Problem } from '../platform/problem.ts'
import { Form, SecretField, TextField } from '../ui/fields.tsx'
import { Page, Told } from '../ui/page.tsx'
import { safeReturn } from '../ui/return-to.ts'
import { isAboutNewPassword } from './about-new-password.ts'
import { pageTextsIn } from './page-texts.ts'

/** What is in the form already. */
interface Sent {
  username?: string | undefined
  return_to?: string | undefined
}

export function LogInForm(props: { language: Language; sent: Sent; problem?: Problem }) {
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
