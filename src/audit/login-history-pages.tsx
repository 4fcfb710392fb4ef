import * as z from 'zod'
import { clearableText, text } from '../http/check-parameters.ts'
import { route } from '../http/route.ts'
import { siteAdmin } from '../sessions/access.ts'
import { periodOfDays, periodOfReader } from '../ui/admin/period.tsx'
import { attemptsOfName } from './attempts-of-name.ts'
import { HistoryPage } from './login-history-page.tsx'
import { loginOutcomes, outcomesShownAs } from './login-outcome.ts'
import { pageOfTimes } from './pages-of-times.ts'

const SHOWN = 50

const show = route(
  {
    base: false,
    mediaType: 'text/html',
    access: siteAdmin,
    returnTo: 'here',
    method: 'GET',
    path: '/admin/history',
    summary: 'The page of the logins of a site, for its admins',
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
    return {
      status: 200,
      body: <HistoryPage attempts={attempts} asked={asked} next={next} timeZone={timeZone} />,
    }
  },
)

export const adminHistoryPages = [show]
