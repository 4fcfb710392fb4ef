import { isolated } from '../http/bidi.ts'
import { deviceName } from '../sessions/device-name.ts'
import { pageUrl } from '../ui/admin/admin-page.tsx'
import { useAdminMessages } from '../ui/admin/messages.ts'
import { idIn, type Names } from '../ui/admin/names.ts'
import { useLanguage, useSpelledDate } from '../ui/language.ts'
import { Code, Name } from '../ui/verbatim.tsx'
import { changedValue, fieldText, hiddenFields } from './changed-value.ts'
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
