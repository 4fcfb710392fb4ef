import * as z from 'zod'
import { clearableText } from '../http/check-parameters.ts'
import { page } from '../http/page-route.ts'
import { siteAdmin } from '../sessions/access.ts'
import { periodOfDays, periodOfReader } from '../ui/admin/period.tsx'
import { attemptsOfName } from './attempts-of-name.ts'
import { HistoryPage } from './login-history-page.tsx'
import { loginOutcomes, outcomesShownAs } from './login-outcome.ts'
import { pageOfTimes } from './pages-of-times.ts'

const SHOWN = 50

const show = page(
  {
    access: siteAdmin,
    returnTo: 'here',
    method: 'GET',
    path: '/admin/history',
    summary: 'The login history, for site admins',
    parameters: {
      username: clearableText(256).optional(),
      outcome: z.enum(['', ...loginOutcomes]).optional(),
      ...periodOfDays,
      cursor: clearableText(64).optional(),
    },
    replies: {
      200: 'The page',
      303: 'Redirects to the login page',
      403: 'The user is not a site admin',
    },
  },
  async ({ parameters, ctx, caller: { live, region } }) => {
    const { cursor, locale: _, ...asked } = parameters
    const { timeZone } = live.user
    const siteId = live.site.id
    const filter = {
      siteId,
      ...periodOfReader(asked, timeZone),
      name: await attemptsOfName(ctx, { region, siteId }, asked.username),
      outcomes: asked.outcome ? outcomesShownAs(asked.outcome) : undefined,
    }
    const store = ctx.in(region).attempts
    const { rows: attempts, next } = await pageOfTimes(
      { per_page: SHOWN, cursor: cursor || undefined },
      (after, limit) => store.list(filter, after, limit),
    )
    return <HistoryPage attempts={attempts} asked={asked} next={next} timeZone={timeZone} />
  },
)

export const adminHistoryPages = [show]
