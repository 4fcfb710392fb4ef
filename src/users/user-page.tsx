import { ChangeRows } from '../audit/change-rows.tsx'
import type { RecordedEvent } from '../audit/credential-event-store.ts'
import { isolated } from '../http/bidi.ts'
import type { Problem } from '../http/problem.ts'
import { fill } from '../messages/messages.ts'
import type { UserCaller } from '../sessions/access.ts'
import { SessionRows } from '../sessions/session-rows.tsx'
import type { ListedSession } from '../sessions/session-store.ts'
import type { Identity } from '../sso/identity-store.ts'
import type { Strategy } from '../sso/strategy.ts'
import { methodsOf } from '../two-factor/second-factor.ts'
import { AdminPage, pageUrl } from '../ui/admin/admin-page.tsx'
import { useAdminMessages } from '../ui/admin/messages.ts'
import type { Names } from '../ui/admin/names.ts'
import { SettingFields } from '../ui/admin/settings-form.tsx'
import type { Standing } from '../ui/admin/standing.ts'
import { CheckField, languageOptions, type Options } from '../ui/fields.tsx'
import { ButtonForm, Form, Submit } from '../ui/form.tsx'
import { useLanguage, useMessages, useSpelledDate } from '../ui/language.ts'
import { Card, Name, NameEntry } from '../ui/page.tsx'
import { isVerifiedOwner, type User } from './account.ts'
import { type FieldValues, offeredSettings } from './user-fields.ts'
import { actionsFor, isDangerous, UserBadges } from './users-page.tsx'

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

export function UserPage(props: UserPageProps) {
  const { user, problem, done } = props
  const place = { here: 'users', isBelow: true } as const
  return (
    <AdminPage title={isolated(user.username)} {...place} problem={problem} done={done}>
      <Profile {...props} />
      <Actions {...props} />
      <UserForm {...props} />
      <Sessions {...props} />
      <Changes {...props} />
    </AdminPage>
  )
}

function Profile(props: UserPageProps) {
  const language = useLanguage()
  const spelled = useSpelledDate()
  const { user, identities } = props
  const { user: t, pages: list } = useAdminMessages()
  const factors = methodsOf(user).map((method) => useMessages().twoFactor[method])
  const named = props.strategies.find(({ id }) => id === user.ssoStrategyId)?.label ?? '–'
  const linked = identities.map(
    ({ identity, label }) => `${isolated(label)} (${isolated(identity.email ?? identity.subject)})`,
  )
  return (
    <Card id="who" title={t.who}>
      <UserBadges user={user} standing={props.standing} />
      <dl>
        <NameEntry term={list.username} name={user.username} />
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
    </Card>
  )
}

function Actions(props: UserPageProps) {
  const { user, standing, caller } = props
  const t = useAdminMessages().user
  const actions = [
    ...actionsFor(user, { viewer: caller.live.user, standing }),
    ...(user.email === null ? [] : (['welcome'] as const)),
  ]
  return (
    <Card id="acts" title={t.acts}>
      <ul class="rows">
        {actions.map((act) => {
          const { label, hint } = t[act]
          return (
            <li>
              <div class="hint" id={`${act}-hint`}>
                {hint}
              </div>
              <ButtonForm
                action={`/admin/users/${user.id}/${act}`}
                label={label}
                variant={isDangerous(act) ? 'danger' : 'quiet'}
                describedBy={`${act}-hint`}
              />
            </li>
          )
        })}
      </ul>
      <Delete {...props} />
    </Card>
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
        <CheckField id="confirmed" label={fill(t.confirm, { name: user.username })} required />
        <Submit label={label} variant="danger" />
      </Form>
    </details>
  )
}

function Sessions({ user, caller, sessions, hasMoreSessions }: UserPageProps) {
  const language = useLanguage()
  const { user: t, pages } = useAdminMessages()
  const { username } = user
  return (
    <Card id="sessions" title={t.sessions}>
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
    </Card>
  )
}

function Changes({ user, events, names }: UserPageProps) {
  const language = useLanguage()
  const t = useAdminMessages().user
  return (
    <Card id="changes" title={t.changes}>
      {events.length === 0 ? <p>{t.noChanges}</p> : null}
      <ChangeRows events={events} names={names} />
      <a href={pageUrl('/admin/changes', language, { user_id: user.id })}>{t.allChanges}</a>
    </Card>
  )
}

interface UserFormProps {
  user: User
  values: FieldValues
  strategies: Strategy[]
  /** The settings that were refused. */
  wrong: string[]
}

function UserForm(props: UserFormProps) {
  const { user, strategies } = props
  const { user: t, userSettings, choices } = useAdminMessages()
  const known = strategies.map((one): Options[number] => [String(one.id), isolated(one.label)])
  const rules = Object.entries(choices.rule)
  return (
    <Card id="settings" title={t.settings}>
      <Form action={`/admin/users/${user.id}`}>
        <SettingFields
          {...props}
          offered={offeredSettings}
          legends={t}
          texts={userSettings}
          options={{
            language: [['', choices.asSite], ...languageOptions],
            authentication_method: Object.entries(choices.authentication_method),
            require_2fa: rules,
            ssl_required: rules,
            sso_strategy_id: [['0', choices.noProvider], ...known],
          }}
        />
        <Submit label={t.save} />
      </Form>
    </Card>
  )
}
