import { isolated } from '../http/bidi.ts'
import type { Problem } from '../http/problem.ts'
import { fill } from '../messages/messages.ts'
import { hasSecondFactor } from '../two-factor/second-factor.ts'
import { AdminPage, NextPage, pageUrl } from '../ui/admin/admin-page.tsx'
import { useAdminMessages } from '../ui/admin/messages.ts'
import type { Standing } from '../ui/admin/standing.ts'
import { CheckField, TextField } from '../ui/fields.tsx'
import { Form, SearchForm, Submit } from '../ui/form.tsx'
import { useLanguage, useSpelledDate } from '../ui/language.ts'
import { Card, Name } from '../ui/page.tsx'
import type { User } from './account.ts'

/** The filters of the list, as the URL has them. */
export interface UserFilters {
  search?: string | undefined
  admins?: 'true' | undefined
  disabled?: 'true' | undefined
  sso?: 'true' | undefined
}

export interface UsersPageProps {
  users: User[]
  standingOf: (user: User) => Standing
  filters: UserFilters
  /** The cursor of the next page; null on the last page. */
  next: string | null
  viewer: User
  /** The values of a form that was refused. */
  sent?: { username: string; email: string; site_admin?: boolean | undefined } | undefined
  problem?: Problem | undefined
  done?: string | undefined
}

export function UsersPage(props: UsersPageProps) {
  const { users, filters, next, problem, done } = props
  const t = useAdminMessages().pages
  return (
    <AdminPage title={t.usersTitle} here="users" problem={problem} done={done}>
      <section class="card" aria-label={t.usersTitle}>
        <Search {...props} />
        {users.length === 0 ? <p>{t.nobody}</p> : null}
        <ul class="rows">
          {users.map((user) => (
            <UserRow {...props} user={user} />
          ))}
        </ul>
        <NextPage path="/admin/users" filters={filters} cursor={next} />
      </section>
      <NewUser {...props} />
    </AdminPage>
  )
}

function Search({ filters }: UsersPageProps) {
  const { pages: t, user: words } = useAdminMessages()
  const boxes = [
    ['admins', words.onlyAdmins],
    ['disabled', words.onlyDisabled],
    ['sso', words.onlySso],
  ] as const
  return (
    <SearchForm action="/admin/users">
      <TextField id="search" label={t.search} value={filters.search ?? ''} isOptional />
      <div class="choices">
        {boxes.map(([name, label]) => (
          <CheckField id={name} label={label} checked={filters[name] === 'true'} />
        ))}
      </div>
      <Submit label={t.find} variant="quiet" />
    </SearchForm>
  )
}

export function UserBadges(props: { user: User; standing: Standing }) {
  const spelled = useSpelledDate()
  const { user, standing } = props
  const { lockedUntil, isInactive } = standing
  const { pages: t, user: words } = useAdminMessages()
  const when = lockedUntil && spelled(lockedUntil)
  const badges = [
    user.siteAdmin ? { text: t.admin } : null,
    user.authenticationMethod === 'sso' ? { text: t.bySso } : null,
    user.disabled ? { text: t.disabled, isBad: true } : null,
    isInactive ? { text: words.isAway, isBad: true } : null,
    when ? { text: fill(words.lockedUntil, { when }), isBad: true } : null,
  ].filter((badge) => badge !== null)
  if (badges.length === 0) return null
  return (
    <span class="badges">
      {badges.map(({ text, isBad }) => (
        <>
          <span class={isBad ? 'badge bad' : 'badge'}>{text}</span>{' '}
        </>
      ))}
    </span>
  )
}

/** The actions that are available for a user now, by name. */
export function actionsFor(user: User, { viewer, standing }: { viewer: User; standing: Standing }) {
  const actions = [
    standing.lockedUntil === undefined ? null : 'unlock',
    // Users remove their own 2FA methods one by one, by a code.
    hasSecondFactor(user) && user.id !== viewer.id ? 'reset_factors' : null,
    'end_sessions',
    user.disabled || standing.isInactive ? 'enable' : null,
    user.disabled ? null : 'disable',
  ] as const
  return actions.filter((act) => act !== null)
}

export function isDangerous(act: string): boolean {
  return ['disable', 'end_sessions', 'reset_factors', 'delete'].includes(act)
}

function UserRow(props: UsersPageProps & { user: User }) {
  const language = useLanguage()
  const spelled = useSpelledDate()
  const { pages: t, user: words } = useAdminMessages()
  const { filters, viewer, standingOf, user } = props
  const standing = standingOf(user)
  const { id, username, email, lastLoginAt } = user
  const seen = lastLoginAt === null ? t.never : spelled(lastLoginAt)
  const acts = actionsFor(user, { viewer, standing })
  const placeOf = (act: string) => `/admin/users/${id}/${act}`
  return (
    <li>
      <div>
        <strong>
          <a href={pageUrl(`/admin/users/${id}`, language)}>
            <Name>{username}</Name>
          </a>
        </strong>{' '}
        <UserBadges user={user} standing={standing} />
        <br />
        <span class="hint">
          {email ? `${isolated(email)} · ` : ''}
          {t.lastLogin}: {seen}
        </span>
      </div>
      <details>
        <summary aria-label={`${t.more}: ${isolated(username)}`}>{t.more}</summary>
        <Form action={acts.map(placeOf)} shown={{ list: 'true', ...filters }}>
          {acts.map((act) => {
            const { label } = words[act]
            return (
              <Submit
                label={label}
                target={username}
                variant={isDangerous(act) ? 'danger' : 'quiet'}
                formaction={placeOf(act)}
              />
            )
          })}
        </Form>
      </details>
    </li>
  )
}

function NewUser({ sent }: UsersPageProps) {
  const t = useAdminMessages().pages
  return (
    <Card id="new" title={t.newUser}>
      <Form action="/admin/users">
        <TextField id="username" label={t.username} value={sent?.username ?? ''} />
        <TextField id="email" label={t.email} value={sent?.email ?? ''} hint={t.emailHint} />
        <CheckField id="site_admin" label={t.makeAdmin} checked={sent?.site_admin} />
        <Submit label={t.create} />
      </Form>
    </Card>
  )
}
