import * as z from 'zod'
import type { AttemptStore } from '../history/attempt-store.ts'
import { loginOutcomes } from '../history/login-outcome.ts'
import { attemptsOfName } from '../login-history/attempts-of-name.ts'
import { nextTimePage, readTimePage } from '../login-history/pages-of-times.ts'
import { outcomesShownAs } from '../login-history/routes.ts'
import { clearableText, text } from '../platform/check-parameters.ts'
import { route } from '../platform/route.ts'
import type { Region } from '../regions/region.ts'
import { siteAdmin } from '../sessions/access.ts'
import type { UserStore } from '../users/user-store.ts'
import { HistoryPage } from './history-page.tsx'
import { periodOfDays, periodOfReader } from './period.tsx'

interface Needs {
  attemptsIn: (region: Region) => AttemptStore
  usersIn: (region: Region) => UserStore
}

const SHOWN = 50

const show = route<Needs>()(
  {
    base: false,
    mediaType: 'text/html',
    access: siteAdmin,
    returnTo: 'here',
    method: 'GET',
    path: '/admin/history',
    summary: 'The page of the log ins of a site, for its admins',
    parameters: z.object({
      username: clearableText(256).optional(),
      outcome: z.enum(['', ...loginOutcomes]).optional(),
      ...periodOfDays,
      cursor: clearableText(64).optional(),
      locale: text(35).optional(),
    }),
    replies: {
      200: { description: 'The page', body: z.string() },
      303: { description: 'To the log in page' },
      403: { description: 'Not for who is no site admin', body: z.string() },
    },
    problems: [],
  },
  async ({ parameters, services, caller: { live, region }, language }) => {
    const { cursor, locale: _, ...asked } = parameters
    const { timeZone } = live.user
    const siteId = live.site.id
    const { after, limit } = readTimePage({ per_page: SHOWN, cursor: cursor || undefined })
    const filter = {
      ...{ siteId, ...periodOfReader(asked, timeZone) },
      name: await attemptsOfName(services, { region, siteId }, asked.username),
      outcomes: asked.outcome ? outcomesShownAs(asked.outcome) : undefined,
    }
    const attempts = await services.attemptsIn(region).list(filter, after, limit)
    const next = nextTimePage(attempts, limit)['X-Files-Cursor'] ?? null
    return { status: 200, body: <HistoryPage {...{ language, attempts, asked, next, timeZone }} /> }
  },
)

export const adminHistoryPages = [show]
