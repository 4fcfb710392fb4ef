import { pageUrl } from '../ui/admin/admin-page.tsx'
import { useAdminMessages } from '../ui/admin/messages.ts'
import { ButtonForm } from '../ui/form.tsx'
import { useLanguage, useSpelledDate } from '../ui/language.ts'
import { Name } from '../ui/page.tsx'
import type { UserCaller } from './access.ts'
import { deviceName } from './device-name.ts'
import type { ListedSession } from './session-store.ts'

/** Lists sessions, each with a button that revokes it, except for the session in use. */
export function SessionRows(props: {
  sessions: ListedSession[]
  caller: UserCaller
  /** The parameters that lead back to the page. */
  back: Record<string, string | undefined>
  /** On a page about one user. */
  hideNames?: boolean
}) {
  const language = useLanguage()
  const spelled = useSpelledDate()
  const { sessions, caller, back, hideNames = false } = props
  const { pages: t, user: words } = useAdminMessages()
  const ownId = caller.by === 'session' ? caller.live.session.id : null
  return (
    <ul class="rows">
      {sessions.map(({ session, user }) => {
        const place = session.place ?? session.address ?? '–'
        return (
          <li>
            <div>
              <strong>
                {hideNames ? (
                  place
                ) : (
                  <a href={pageUrl(`/admin/users/${session.userId}`, language)}>
                    <Name>{user.username}</Name>
                  </a>
                )}
              </strong>{' '}
              {session.id === ownId ? <span class="badge">{words.thisOne}</span> : null}
              <br />
              <span class="hint">
                {hideNames ? '' : `${place} · `}
                {deviceName(session.userAgent)} · {spelled(session.lastUsedAt)}
              </span>
            </div>
            {session.id === ownId ? null : (
              <ButtonForm
                action="/admin/sessions/end"
                shown={{ id: String(session.id), ...back }}
                label={t.endOne}
                target={[user.username, place]}
                variant="danger"
              />
            )}
          </li>
        )
      })}
    </ul>
  )
}
