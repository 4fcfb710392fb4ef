import { page } from '../http/page-route.ts'
import type { Problem } from '../http/problem.ts'
import type { Reply } from '../http/route.ts'
import { reauthenticatedSiteAdmin, siteAdmin, type UserCaller } from '../sessions/access.ts'
import { AdminPage } from '../ui/admin/admin-page.tsx'
import { adminMessagesFor, useAdminMessages } from '../ui/admin/messages.ts'
import {
  fieldParameters,
  refusedForm,
  SettingFields,
  sentValues,
} from '../ui/admin/settings-form.tsx'
import { languageOptions } from '../ui/fields.tsx'
import { Form, Submit } from '../ui/form.tsx'
import { changeSite } from './change-site.ts'
import { offeredRules, type RuleValues, readRuleForm, ruleValuesOf } from './setting-fields.ts'

const door = { access: siteAdmin, returnTo: '/admin/rules' } as const
const replies = {
  200: 'The page',
  303: 'Redirects to the login page',
  403: 'The user is not a site admin',
  422: 'The page with its errors',
}

const show = page(
  {
    ...door,
    endpoint: 'GET /admin/rules',
    access: reauthenticatedSiteAdmin,
    summary: 'The page of site settings, for site admins',
    replies,
  },
  ({ caller }) => rulesPage(caller),
)

const save = page(
  {
    ...door,
    endpoint: 'POST /admin/rules',
    summary: 'The form of the site’s settings. Boxes that are not ticked are not sent and mean no',
    parameters: fieldParameters(offeredRules),
    replies,
  },
  async ({ parameters, actor, ctx, caller, language }) => {
    const { live } = caller
    const values = sentValues(offeredRules, parameters)
    try {
      const sent = readRuleForm(values, live.site, live.user.timeZone)
      const site = await changeSite(ctx, actor, sent)
      const done = adminMessagesFor(language).pages.rulesSaved
      return rulesPage({ ...caller, live: { ...live, site } } as UserCaller, { done })
    } catch (error) {
      const { rules } = adminMessagesFor(language).siteSettings
      return { ...rulesPage(caller, refusedForm(error, values, rules)), status: 422 }
    }
  },
)

function rulesPage({ live }: UserCaller, shown: Partial<RulesPageProps> = {}): Reply {
  const values = ruleValuesOf(live.site, live.user.timeZone)
  return {
    status: 200,
    body: <RulesPage values={values} wrong={[]} {...shown} />,
  }
}

interface RulesPageProps {
  values: RuleValues
  /** The settings that were refused. */
  wrong: string[]
  problem?: Problem | undefined
  done?: string | undefined
}

function RulesPage(props: RulesPageProps) {
  const { problem, done } = props
  const { pages: t, siteSettings } = useAdminMessages()
  const { rules, groups, callers, all, siteAdmins } = siteSettings
  return (
    <AdminPage title={t.rulesTitle} here="rules" problem={problem} done={done}>
      <section class="card" aria-label={t.rulesTitle}>
        <Form action="/admin/rules">
          <SettingFields
            {...props}
            offered={offeredRules}
            legends={groups}
            texts={rules}
            options={{
              language: [['', callers], ...languageOptions],
              require_2fa_user_type: [
                ['all', all],
                ['site_admins', siteAdmins],
              ],
            }}
            areNumbersRequired
          />
          <Submit label={t.saveRules} />
        </Form>
      </section>
    </AdminPage>
  )
}

export const adminRulePages = [show, save]
