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
  303: 'Redirects to the login page',
  403: 'The user is not a site admin',
  422: 'The page with its errors',
}

const show = page(
  {
    ...door,
    method: 'GET',
    access: reauthenticatedSiteAdmin,
    path: '/admin/rules',
    summary: 'The page of site settings, for site admins',
    replies,
  },
  ({ caller }) => rulesPage(caller),
)

const save = page(
  {
    ...door,
    method: 'POST',
    path: '/admin/rules',
    summary: 'The form of a user’s settings. Boxes that are not ticked are not sent and mean no',
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
