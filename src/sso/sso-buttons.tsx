import { useLanguage, useMessages } from '../ui/language.ts'
import { Name } from '../ui/page.tsx'
import { safeReturn } from '../ui/return-to.ts'

export interface OfferedStrategy {
  id: number
  label: string
}

export function SsoButtons(props: {
  strategies: OfferedStrategy[]
  returnTo: string | undefined
  /** Asks the provider to authenticate the person again. */
  again: boolean
}) {
  const language = useLanguage()
  const t = useMessages().sso
  const { strategies, returnTo, again } = props
  const encoded = encodeURIComponent(safeReturn(returnTo))
  return strategies.length === 0 ? null : (
    <ul class="providers">
      {strategies.map(({ id, label }) => (
        <li>
          <a
            class="button"
            rel="nofollow"
            href={`/login/sso?strategy=${id}&return_to=${encoded}&locale=${language}${again ? '&again=true' : ''}`}
          >
            <Mark label={label} />
            <span>
              {t.goOnBy} <Name>{label}</Name>
            </span>
          </a>
        </li>
      ))}
    </ul>
  )
}

/** A neutral mark: providers' logos are not ours to use. */
function Mark({ label }: { label: string }) {
  return (
    <svg class="mark" viewBox="0 0 24 24" width="24" height="24" aria-hidden="true">
      <rect x="1" y="1" width="22" height="22" rx="6" />
      <text x="12" y="17" text-anchor="middle">
        {[...label.trim()][0]?.toUpperCase() ?? ''}
      </text>
    </svg>
  )
}
