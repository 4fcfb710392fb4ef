import { spelledDate } from '../mail/spelled-date.ts'
import type { Language } from '../platform/languages.ts'
import type { Problem } from '../platform/problem.ts'
import { Form, TextField } from '../ui/fields.tsx'
import { Page, Told } from '../ui/page.tsx'
import type { User } from '../users/account.ts'
import { adminTextsIn } from './page-texts.ts'

export interface UsersPageProps {
  language: Language
  users: User[]
  search: string
  /** Where the page after this one begins; null where this is the last. */
  next: string | null
  /** Of who looks. */
  timeZone: string | null
  sent?: { username?: string | undefined; email?: string | undefined } | undefined
  problem?: Problem | undefined
  done?: string | undefined
}

/** The users of a site, for its admins. */
export function UsersPage(props: UsersPageProps) {
  const { language, users, search, next, problem, done } = props
  const t = adminTextsIn(language)
  const following = new URLSearchParams({ locale: language, search, cursor: next ?? '' })
  return (
    <Page language={language} title={t.usersTitle} wide>
      <Told language={language} problem={problem} />
      {done ? (
        <p role="status" tabindex={-1}>
          {done}
        </p>
      ) : null}
      <section class="card" aria-label={t.usersTitle}>
        <form method="get" action="/admin/users">
          <input type="hidden" name="locale" value={language} />
          <TextField id="search" label={t.search} value={search} isOptional />
          <button type="submit" class="quiet">
            {t.find}
          </button>
        </form>
        {users.length === 0 ? <p>{t.nobody}</p> : null}
        <ul class="rows">
          {users.map((user) => (
            <UserRow {...props} user={user} />
          ))}
        </ul>
        {next === null ? null : <a href={`/admin/users?${following.toString()}`}>{t.next}</a>}
      </section>
      <NewUser {...props} />
      <a href={`/account?locale=${language}`}>{t.account}</a>
    </Page>
  )
}

function UserRow({ language, search, timeZone, user }: UsersPageProps & { user: User }) {
  const t = adminTextsIn(language)
  const { id, username, email, lastLoginAt } = user
  const badges = [
    user.siteAdmin ? t.admin : null,
    user.disabled ? t.disabled : null,
    user.authenticationMethod === 'sso' ? t.bySso : null,
  ].filter((badge) => badge !== null)
  const seen = lastLoginAt === null ? t.never : spelledDate(language, lastLoginAt, timeZone)
  const acts = [
    ['unlock', t.unlock],
    ['reset_factors', t.resetFactors],
    ['end_sessions', t.endSessions],
    [user.disabled ? 'enable' : 'disable', user.disabled ? t.enable : t.disable],
  ] as const
  return (
    <li>
      <div>
        <strong>{username}</strong>{' '}
        {badges.map((badge) => (
          <>
            <span class="badge">{badge}</span>{' '}
          </>
        ))}
        <br />
        <span class="hint">
          {email ? `${email} · ` : ''}
          {t.lastLogin}: {seen}
        </span>
      </div>
      <details>
        <summary aria-label={`${t.more}: ${username}`}>{t.more}</summary>
        {acts.map(([act, label]) => (
          <Form
            language={language}
            action={`/admin/users/${act}`}
            hidden={{ id: String(id), search }}
          >
            <button
              type="submit"
              class={act === 'disable' || act === 'end_sessions' ? 'danger' : 'quiet'}
              aria-label={`${label}: ${username}`}
            >
              {label}
            </button>
          </Form>
        ))}
      </details>
    </li>
  )
}

function NewUser({ language, sent = {} }: UsersPageProps) {
  const t = adminTextsIn(language)
  return (
    <section class="card" aria-labelledby="new">
      <h2 id="new">{t.newUser}</h2>
      <Form language={language} action="/admin/users">
        <TextField id="username" label={t.username} value={sent.username ?? ''} />
        <TextField id="email" label={t.email} value={sent.email ?? ''} hint={t.emailHint} />
        <label class="choice" for="site_admin">
          <input id="site_admin" name="site_admin" type="checkbox" value="true" /> {t.makeAdmin}
        </label>
        <button type="submit">{t.create}</button>
      </Form>
    </section>
  )
}
