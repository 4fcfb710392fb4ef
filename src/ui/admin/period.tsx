import { clearableText } from '../../http/check-parameters.ts'
import { boundsOfDay } from '../../http/local-time.ts'
import { invalidParameter } from '../../http/problem.ts'
import { useAdminMessages } from '../admin/messages.ts'

/** Days in the reader's time zone, both included. */
export const periodOfDays = {
  from: clearableText(10).optional(),
  until: clearableText(10).optional(),
}

export interface Days {
  from?: string | undefined
  until?: string | undefined
}

interface Period {
  from?: number
  until?: number
}

/** Returns a period in milliseconds since the Unix epoch, both included. @throws {Problem} request-params-invalid */
export function periodOfReader({ from, until }: Days, timeZone: string | null): Period {
  const period = {
    ...(from && { from: boundsOfDay(from, timeZone)[0] }),
    ...(until && { until: boundsOfDay(until, timeZone)[1] }),
  }
  for (const [name, at] of Object.entries(period))
    if (Number.isNaN(at)) throw invalidParameter(name)
  return period
}

/** The same, as API parameters. */
export function periodParameters({ from, until }: Period) {
  const spelled = (at: number | undefined) =>
    at === undefined ? undefined : new Date(at).toISOString()
  return { start_at: spelled(from), end_at: spelled(until) }
}

export function PeriodFields({ days }: { days: Days }) {
  const t = useAdminMessages().period
  return (
    <div class="pair">
      {(['from', 'until'] as const).map((name) => (
        <div class="field">
          <label for={name}>{t[name]}</label>
          <input id={name} name={name} type="date" value={days[name] ?? ''} />
        </div>
      ))}
    </div>
  )
}
