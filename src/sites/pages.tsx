import { page } from '../http/page-route.ts'
import type { Reply } from '../http/route.ts'
import { adminMessagesFor } from '../messages/admin-messages.ts'
import { reauthenticatedSiteAdmin, siteAdmin, type UserCaller } from '../sessions/access.ts'
import { fieldParameters, sentValues } from '../ui/admin/sent-values.ts'
import { settingsIn, shownProblem, withFieldLabel } from '../ui/admin/shown-problem.ts'
import { changeSite } from './change-site.ts'
import { offeredRules, readRuleForm, ruleValuesOf } from './setting-fields.ts'
import { RulesPage, type RulesPageProps } from './settings-page.tsx'

const door = {
  access: siteAdmin,
  returnTo: '/admin/rules',
} as const
const replies = {
  200: 'The page',
  303: 'To the log in page',
  403: 'Not for who is no site admin',
  422: 'The page, and what is wrong',
}

const show = page(
  {
    ...door,
    method: 'GET',
    access: reauthenticatedSiteAdmin,
    path: '/admin/rules',
    summary: 'The page of the rules of a site, for its admins',
    replies,
  },
  ({ caller }) => rulesPage(caller),
)

const save = page(
  {
    ...door,
    method: 'POST',
    path: '/admin/rules',
    summary: 'Its form: a box that is not ticked is not sent, and means no',
    parameters: { ...fieldParameters(offeredRules) },
    replies,
  },
  async ({ parameters, ctx, caller, request, language }) => {
    const { live } = caller
    const values = sentValues(offeredRules, parameters)
    try {
      const sent = readRuleForm(values, live.site, live.user.timeZone)
      const site = await changeSite(ctx, { ...caller, request }, sent)
      const done = adminMessagesFor(language).pages.rulesSaved
      return rulesPage({ ...caller, live: { ...live, site } } as UserCaller, { done })
    } catch (error) {
      const told = shownProblem(error)
      const problem = withFieldLabel(told, adminMessagesFor(language).siteSettings.rules)
      const shown = { problem, values, wrong: settingsIn(told) }
      return { ...rulesPage(caller, shown), status: 422 }
    }
  },
)

function rulesPage({ live }: UserCaller, shown: Partial<RulesPageProps> = {}): Reply {
  const { timeZone } = live.user
  const values = ruleValuesOf(live.site, timeZone)
  return {
    status: 200,
    body: <RulesPage values={values} timeZone={timeZone} wrong={[]} {...shown} />,
  }
}

export const adminRulePages = [show, save]
