import { ChangeRows } from '../audit/change-rows.tsx'
import type { RecordedEvent } from '../audit/credential-event-store.ts'
import { isolated } from '../http/bidi.ts'
import type { Problem } from '../http/problem.ts'
import { fill } from '../messages/messages.ts'
import { spelledDate } from '../notifications/spelled-date.ts'
import type { UserCaller } from '../sessions/access.ts'
import { SessionRows } from '../sessions/session-rows.tsx'
import type { ListedSession } from '../sessions/session-store.ts'
import type { Identity } from '../sso/identity.ts'
import { methodsOf } from '../two-factor/second-factor.ts'
import { AdminPage, pageUrl } from '../ui/admin/admin-page.tsx'
import { useAdminMessages } from '../ui/admin/messages.ts'
import type { Names } from '../ui/admin/names.ts'
import type { Standing } from '../ui/admin/standing.ts'
import { Form } from '../ui/form.tsx'
import { useLanguage, useMessages } from '../ui/language.ts'
import { Name } from '../ui/verbatim.tsx'
import { UserForm, type UserFormProps } from './user-form.tsx'
import { actsFor, isDangerous, UserBadges } from './users-page.tsx'
import { isVerifiedOwner } from './verified-address.ts'

export interface UserPageProps extends UserFormProps {
  caller: UserCaller
  standing: Standing
  /** The user's links to identity providers. */
  identities: { identity: Identity; label: string }[]
  sessions: ListedSession[]
  /** Whether there are more of them. */
  hasMoreSessions: boolean
  events: RecordedEvent[]
  names: Names
  problem?: Problem | undefined
  done?: string | undefined
}

/** Shows one user of a site to its admins. */
export function UserPage(props: UserPageProps) {
  const { user, problem, done } = props
  const place = { here: 'users', isBelow: true } as const
  return (
    <AdminPage title={isolated(user.username)} {...place} problem={problem} done={done}>
      <Who {...props} />
      <Acts {...props} />
      <UserForm {...props} />
      <Sessions {...props} />
      <Changes {...props} />
    </AdminPage>
  )
}

function Who(props: UserPageProps) {
  const language = useLanguage()
  const { user, timeZone, identities } = props
  const { user: t, pages: list } = useAdminMessages()
  const spelled = (at: number) => spelledDate(language, at, timeZone)
  const factors = methodsOf(user).map((method) => useMessages().twoFactor[method])
  const named = props.strategies.find(({ id }) => id === user.ssoStrategyId)?.label ?? '–'
  const linked = identities.map(
    ({ identity, label }) => `${isolated(label)} (${isolated(identity.email ?? identity.subject)})`,
  )
  return (
    <section class="card" aria-labelledby="who">
      <h2 id="who">{t.who}</h2>
      <UserBadges user={user} standing={props.standing} timeZone={timeZone} />
      <dl>
        <dt>{list.username}</dt>
        <dd>
          <Name>{user.username}</Name>
        </dd>
        <dt>{list.email}</dt>
        <dd>
          <Name>{user.email ?? '–'}</Name>
          {user.email === null || isVerifiedOwner(user) ? null : (
            <>
              {' '}
              <span class="hint">({t.notProved})</span>
            </>
          )}
        </dd>
        <dt>{list.lastLogin}</dt>
        <dd>{user.lastLoginAt === null ? list.never : spelled(user.lastLoginAt)}</dd>
        <dt>{t.secondFactors}</dt>
        <dd>{factors.join(', ') || t.none}</dd>
        <dt>{list.bySso}</dt>
        <dd>{linked.length > 0 ? linked.join(', ') : isolated(named)}</dd>
        <dt>{t.made}</dt>
        <dd>{spelled(user.createdAt)}</dd>
      </dl>
      <p>
        <a href={pageUrl('/admin/history', language, { username: user.username })}>{t.logIns}</a>
      </p>
    </section>
  )
}

function Acts(props: UserPageProps) {
  const { user, standing, caller } = props
  const t = useAdminMessages().user
  const acts = [
    ...actsFor(user, { viewer: caller.live.user, standing }),
    ...(user.email === null ? [] : (['welcome'] as const)),
  ]
  return (
    <section class="card" aria-labelledby="acts">
      <h2 id="acts">{t.acts}</h2>
      <ul class="rows">
        {acts.map((act) => {
          const { label, hint } = t[act]
          return (
            <li>
              <div class="hint" id={`${act}-hint`}>
                {hint}
              </div>
              <Form action={`/admin/users/${user.id}/${act}`}>
                <button
                  type="submit"
                  class={isDangerous(act) ? 'danger' : 'quiet'}
                  aria-describedby={`${act}-hint`}
                >
                  {label}
                </button>
              </Form>
            </li>
          )
        })}
      </ul>
      <Delete {...props} />
    </section>
  )
}

function Delete({ user }: UserPageProps) {
  const t = useAdminMessages().user
  const { label, hint } = t.delete
  return (
    <details>
      <summary>{label}</summary>
      <p>{hint}</p>
      <Form action={`/admin/users/${user.id}/delete`}>
        <label class="choice" for="confirmed">
          <input id="confirmed" name="confirmed" type="checkbox" value="true" required />{' '}
          {fill(t.confirm, { name: user.username })}
        </label>
        <button type="submit" class="danger">
          {label}
        </button>
      </Form>
    </details>
  )
}

function Sessions({ user, caller, sessions, hasMoreSessions }: UserPageProps) {
  const language = useLanguage()
  const { user: t, pages } = useAdminMessages()
  const { username } = user
  return (
    <section class="card" aria-labelledby="sessions">
      <h2 id="sessions">{t.sessions}</h2>
      {sessions.length === 0 ? <p>{pages.noneLive}</p> : null}
      <SessionRows
        sessions={sessions}
        caller={caller}
        back={{ user_id: String(user.id) }}
        hideNames
      />
      {hasMoreSessions ? (
        <a href={pageUrl('/admin/sessions', language, { username })}>{t.moreSessions}</a>
      ) : null}
    </section>
  )
}

function Changes({ user, events, names, timeZone }: UserPageProps) {
  const language = useLanguage()
  const t = useAdminMessages().user
  return (
    <section class="card" aria-labelledby="changes">
      <h2 id="changes">{t.changes}</h2>
      {events.length === 0 ? <p>{t.noChanges}</p> : null}
      <ChangeRows events={events} names={names} timeZone={timeZone} />
      <a href={pageUrl('/admin/changes', language, { user_id: user.id })}>{t.allChanges}</a>
    </section>
  )
}
