import type { ApiKeyRow } from '../api-keys/api-key.ts'
import { isolated } from '../http/bidi.ts'
import type { Problem } from '../http/problem.ts'
import { accepts } from '../login/policy.ts'
import type { Messages } from '../messages/messages.ts'
import type { UserCaller } from '../sessions/access.ts'
import { deviceName } from '../sessions/device-name.ts'
import type { ListedSession } from '../sessions/session-store.ts'
import type { LabelledIdentity } from '../sso/identity-store.ts'
import {
  languageOptions,
  SecretField,
  SettingField,
  TextField,
  UsernameOfPassword,
} from '../ui/fields.tsx'
import { ButtonForm, Form, Submit } from '../ui/form.tsx'
import { useLanguage, useMessages, useSpelledDate } from '../ui/language.ts'
import { Card, Code, Name, NameEntry, Page, ProblemAlert } from '../ui/page.tsx'

export interface AccountPageProps {
  caller: UserCaller
  sessions: ListedSession[]
  keys: ApiKeyRow[]
  /** The user's identities at identity providers. */
  identities: LabelledIdentity[]
  /** The text of a key that was just created, shown once. */
  newKey?: string | undefined
  /** The result of the last action. */
  done?: string | undefined
  problem?: Problem | undefined
}

/** Shown after a second click: only the first reply had the session's new string. */
export function ChangedPage() {
  const language = useLanguage()
  const t = useMessages().account
  return (
    <Page title={t.changePassword}>
      <p role="status">{t.changed}</p>
      <a href={`/account?locale=${language}`}>{t.title}</a>
    </Page>
  )
}

type Section = AccountPageProps & { t: Messages['account'] }

export function AccountPage(props: AccountPageProps) {
  const { problem, done, newKey } = props
  const section = { ...props, t: useMessages().account }
  const { t } = section
  return (
    <Page title={t.title} wide>
      <ProblemAlert problem={problem} />
      {done ? <p role="status">{done}</p> : null}
      {newKey ? (
        <p role="status">
          {t.keyMade} <Code>{newKey}</Code>
        </p>
      ) : null}
      <Profile {...section} />
      <Sessions {...section} />
      <Keys {...section} />
      {accepts(props.caller.live.user, 'password') ? <ChangePassword {...section} /> : null}
    </Page>
  )
}

function Profile({ t, caller, identities }: Section) {
  const language = useLanguage()
  const spelled = useSpelledDate()
  const { user, site } = caller.live
  return (
    <Card id="who" title={t.who}>
      <dl>
        <NameEntry term={t.username} name={user.username} />
        <NameEntry term={t.site} name={site.name} />
        {user.email === null ? null : <NameEntry term={t.email} name={user.email} />}
      </dl>
      {identities.length === 0 ? null : (
        <>
          <h3>{t.identities}</h3>
          <ul class="rows">
            {identities.map(({ identity, label }) => (
              <li>
                <div>
                  <strong>
                    <Name>{label}</Name>
                  </strong>
                  <br />
                  <span class="hint">
                    <Name>{identity.email ?? identity.subject}</Name> · {t.lastUsed}:{' '}
                    {spelled(identity.lastUsedAt)}
                  </span>
                </div>
                <ButtonForm
                  action="/account/identities/remove"
                  shown={{ id: String(identity.id) }}
                  label={t.unlink}
                  target={label}
                  variant="danger"
                />
              </li>
            ))}
          </ul>
        </>
      )}
      <p>
        <a href={`/account/2fa?locale=${language}`}>{t.secondFactors}</a>
        {user.siteAdmin ? (
          <>
            {' · '}
            <a href={`/admin/users?locale=${language}`}>{t.siteUsers}</a>
            {' · '}
            <a href={`/admin/rules?locale=${language}`}>{t.rules}</a>
            {' · '}
            <a href={`/admin/history?locale=${language}`}>{t.history}</a>
            {' · '}
            <a href={`/admin/sso?locale=${language}`}>{t.sso}</a>
          </>
        ) : null}
      </p>
      <ButtonForm action="/logout" label={t.logOut} variant="quiet" />
      <LanguageForm t={t} />
    </Card>
  )
}

function LanguageForm({ t }: { t: Messages['account'] }) {
  const language = useLanguage()
  return (
    <Form action="/account/language">
      <SettingField
        id="language"
        kind="choice"
        label={t.language}
        options={languageOptions}
        value={language}
      />
      <Submit label={t.save} variant="quiet" />
    </Form>
  )
}

function Sessions({ t, caller, sessions }: Section) {
  const spelled = useSpelledDate()
  const currentId = caller.by === 'session' ? caller.live.session.id : null
  return (
    <Card id="sessions" title={t.sessions}>
      <ul class="rows">
        {sessions.map(({ session }) => (
          <li>
            <div>
              <strong>{session.place ?? session.address ?? t.unknownPlace}</strong>{' '}
              {session.id === currentId ? <span class="badge">{t.current}</span> : null}
              <br />
              <span class="hint">{deviceName(session.userAgent)}</span>
              <br />
              <span class="hint">
                {t.lastUsed}: {spelled(session.lastUsedAt)}
              </span>
            </div>
            {session.id === currentId ? null : (
              <ButtonForm
                action="/account/sessions/end"
                shown={{ id: String(session.id) }}
                label={t.end}
                target={session.place ?? session.address ?? t.unknownPlace}
                variant="danger"
              />
            )}
          </li>
        ))}
      </ul>
      {sessions.length > 1 ? (
        <ButtonForm action="/account/sessions/end_others" label={t.endOthers} variant="danger" />
      ) : null}
    </Card>
  )
}

function Keys({ t, caller, keys }: Section) {
  const spelled = useSpelledDate()
  return (
    <Card id="keys" title={t.keys}>
      {keys.length === 0 ? <p>{t.noKeys}</p> : null}
      <ul class="rows">
        {keys.map((key) => (
          <li>
            <div>
              <strong>
                <Name>{key.name}</Name>
              </strong>{' '}
              {key.permissionSet === 'desktop_app' ? <span class="badge">{t.app}</span> : null}
              <br />
              <span class="hint">
                {key.platform ? `${isolated(key.platform)} · ` : ''}
                {key.path ? `${isolated(key.path)} · ` : ''}
                {key.lastUsedAt === null
                  ? t.neverUsed
                  : `${t.lastUsed}: ${spelled(key.lastUsedAt)}`}
                {key.expiresAt === null ? '' : ` · ${t.expires}: ${spelled(key.expiresAt)}`}
              </span>
            </div>
            <ButtonForm
              action="/account/keys/revoke"
              shown={{ id: String(key.id) }}
              label={t.revoke}
              target={key.name}
              variant="danger"
            />
          </li>
        ))}
      </ul>
      <h3>{t.newKey}</h3>
      <Form action="/account/keys">
        <TextField id="key_name" name="name" label={t.keyName} />
        {accepts(caller.live.user, 'password') ? (
          <>
            <UsernameOfPassword username={caller.live.user.username} />
            <SecretField
              id="key_password"
              label={t.presentPassword}
              autocomplete="current-password"
            />
          </>
        ) : null}
        <Submit label={t.makeKey} />
      </Form>
    </Card>
  )
}

function ChangePassword({ t, caller }: Section) {
  return (
    <Card id="password" title={t.changePassword}>
      <p>{t.changeEnds}</p>
      <Form action="/account/password">
        <UsernameOfPassword username={caller.live.user.username} />
        <SecretField
          id="present_password"
          label={t.presentPassword}
          autocomplete="current-password"
        />
        <SecretField
          id="new_password"
          label={t.newPassword}
          autocomplete="new-password"
          hint={t.advice}
        />
        <SecretField id="new_password_again" label={t.again} autocomplete="new-password" />
        <Submit label={t.change} />
      </Form>
    </Card>
  )
}
