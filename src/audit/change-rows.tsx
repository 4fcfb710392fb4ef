import { isolated } from '../http/bidi.ts'
import { type Language, languageNames } from '../http/languages.ts'
import { messagesFor } from '../messages/messages.ts'
import { deviceName } from '../sessions/device-name.ts'
import type { Rule } from '../sites/setting-fields.ts'
import { methodsOf } from '../two-factor/second-factor.ts'
import { pageUrl } from '../ui/admin/admin-page.tsx'
import { type AdminMessages, adminMessagesFor, useAdminMessages } from '../ui/admin/messages.ts'
import { idIn, type Names } from '../ui/admin/names.ts'
import { useLanguage, useSpelledDate } from '../ui/language.ts'
import { Code, Name } from '../ui/page.tsx'
import type { UserSetting } from '../users/user-fields.ts'
import type { CredentialEvent } from './credential-event.ts'
import type { RecordedEvent } from './credential-event-store.ts'

/** More changes than this are shown on demand only. */
const MOST_SHOWN = 4

interface ChangeRowsProps {
  events: RecordedEvent[]
  names: Names
}

export function ChangeRows(props: ChangeRowsProps) {
  return (
    <ul class="rows">
      {props.events.map((event) => (
        <ChangeRow {...props} event={event} />
      ))}
    </ul>
  )
}

function ChangeRow(props: ChangeRowsProps & { event: RecordedEvent }) {
  const spelled = useSpelledDate()
  const { event } = props
  const { changes: t, events } = useAdminMessages()
  const title = events[event.event as CredentialEvent['event']] ?? event.event
  return (
    <li>
      <div>
        <strong>
          <span title={event.event}>{title}</span>
          <About {...props} />
        </strong>
        <br />
        <span class="hint">
          {spelled(event.createdAt)} · {t.by} <Actor {...props} />
          {event.address === null ? '' : ` · ${t.from} ${event.address}`}
          {event.userAgent === '' ? '' : ` · ${deviceName(event.userAgent)}`}
        </span>
        <Changed {...props} />
      </div>
    </li>
  )
}

/** The user whom it is about, if somebody else did it. */
function About({ names, event }: ChangeRowsProps & { event: RecordedEvent }) {
  const language = useLanguage()
  const t = useAdminMessages().changes
  const { userId, actor, changes } = event
  if (actor === `user:${userId}` || actor === 'service') return null
  const name = names.users.get(userId)
  if (name !== undefined)
    return (
      <>
        {': '}
        <a href={pageUrl(`/admin/users/${userId}`, language)}>
          <Name>{name}</Name>
        </a>
      </>
    )
  const [before] = JSON.parse(changes).username ?? []
  return <>{`: ${isolated(before ?? t.gone)}`}</>
}

function Actor({ names, event }: ChangeRowsProps & { event: RecordedEvent }) {
  const language = useLanguage()
  const t = useAdminMessages().changes
  const { actor } = event
  const userId = idIn(actor, 'user')
  const strategyId = idIn(actor, 'strategy')
  if (strategyId !== null)
    return (
      <>
        {[t.strategy, isolated(names.strategies.get(strategyId) ?? '')].filter(Boolean).join(': ')}
      </>
    )
  if (actor === 'service') return <>{t.service}</>
  if (userId === null) return <>{actor === 'operator' ? t.operator : t.code}</>
  const name = names.users.get(userId)
  if (name === undefined) return <>{t.gone}</>
  return (
    <a href={pageUrl(`/admin/users/${userId}`, language)}>
      <Name>{name}</Name>
    </a>
  )
}

function Changed(props: ChangeRowsProps & { event: RecordedEvent }) {
  const language = useLanguage()
  const { details } = useAdminMessages().changes
  const { event, names } = props
  const values = { language, names, spelled: useSpelledDate() }
  const changes: Record<string, [unknown, unknown]> = JSON.parse(event.changes)
  const isNew = event.event.endsWith('_created')
  const shown = Object.entries(changes).filter(
    ([field, [, after]]) => !hiddenFields.includes(field) && !(isNew && (after ?? '') === ''),
  )
  if (shown.length === 0) return null
  const isOfSite = event.event === 'site_changed'
  const list = (
    <ul class="changed">
      {shown.map(([field, [before, after]]) => {
        const word = (value: unknown) => isolated(changedValue(values, { field, value }))
        return (
          <li>
            <span title={field}>
              {fieldText(language, field, isOfSite) ?? <Code>{field}</Code>}
            </span>
            {': '}
            {isNew ? word(after) : `${word(before)} → ${word(after)}`}
          </li>
        )
      })}
    </ul>
  )
  if (shown.length <= MOST_SHOWN) return list
  return (
    <details>
      <summary>{details}</summary>
      {list}
    </details>
  )
}

const LONGEST = 200
const INSTANT = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/

/** Returns the old or new value of an API field in plain words. */
function changedValue(
  { language, names, spelled }: { language: Language; names: Names; spelled(at: number): string },
  { field, value }: { field: string; value: unknown },
): string {
  const { changes: t, choices: words, siteSettings } = adminMessagesFor(language)
  if (field === 'client_secret') return value === 'replaced' ? t.replaced : '•••'
  if (value === null || value === undefined || value === '') return t.nothing
  // The label asks whether the account is shared, so the value is inverted.
  if (typeof value === 'boolean') return value !== (field === 'self_managed') ? t.yes : t.no
  if (field === 'sso_strategy_id') return names.strategies.get(Number(value)) ?? String(value)
  if (field === 'type_of_2fa')
    return methodsOf({ typeOf2fa: String(value) })
      .map((method) => messagesFor(language).twoFactor[method])
      .join(', ')
  const text = String(value)
  if (field === 'language') return languageNames[text as Language] ?? text
  if (INSTANT.test(text)) return spelled(Date.parse(text))
  const { all, siteAdmins } = siteSettings
  const known: Record<string, string> = {
    ...words.rule,
    ...words.authentication_method,
    ...(field === 'require_2fa_user_type' && { all, site_admins: siteAdmins }),
  }
  return known[text] ?? text.split('\n').join(', ').slice(0, LONGEST)
}

/** Fields that are shown in another way, or that do not help a reader. */
export const hiddenFields = [
  ...['id', 'user_id', 'site_id', 'created_at', 'user_count', 'aws_style_credentials'],
  ...['redirect_status', 'tested_redirect_host'],
]

/** Returns the label of an API field; null if it has none. A site and its users share some names. */
export function fieldText(language: Language, field: string, isOfSite: boolean): string | null {
  const { siteSettings, userSettings, fields } = adminMessagesFor(language)
  const rule = siteSettings.rules[field as Rule]?.label
  const setting = userSettings[field as UserSetting]?.label
  const [first, second] = isOfSite ? [rule, setting] : [setting, rule]
  return first ?? second ?? fields[field as keyof AdminMessages['fields']] ?? null
}
