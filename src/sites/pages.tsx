import { page } from '../http/page-route.ts'
import type { Problem } from '../http/problem.ts'
import type { Reply } from '../http/route.ts'
import { type AdminMessages, adminMessagesFor } from '../messages/admin-messages.ts'
import { fill } from '../messages/messages.ts'
import { reauthenticatedSiteAdmin, siteAdmin, type UserCaller } from '../sessions/access.ts'
import { AdminPage } from '../ui/admin/admin-page.tsx'
import { useAdminMessages } from '../ui/admin/messages.ts'
import { fieldParameters, sentValues } from '../ui/admin/sent-values.ts'
import { settingsIn, shownProblem, withFieldLabel } from '../ui/admin/shown-problem.ts'
import { Form, Submit } from '../ui/form.tsx'
import { languageOptions, type Options, SettingField } from '../ui/setting-field.tsx'
import { changeSite } from './change-site.ts'
import {
  offeredRules,
  type Rule,
  type RuleValues,
  readRuleForm,
  ruleGroups,
  ruleValuesOf,
} from './setting-fields.ts'

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
    summary: 'The form of the site’s settings. Boxes that are not ticked are not sent and mean no',
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
      const refusal = shownProblem(error)
      const problem = withFieldLabel(refusal, adminMessagesFor(language).siteSettings.rules)
      const shown = { problem, values, wrong: settingsIn(refusal) }
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

interface RulesPageProps {
  values: RuleValues
  /** The settings that were refused. */
  wrong: string[]
  /** The reader's time zone. */
  timeZone: string | null
  problem?: Problem | undefined
  done?: string | undefined
}

/** The settings of a site, for its admins. */
function RulesPage(props: RulesPageProps) {
  const { values, wrong, timeZone, problem, done } = props
  const texts = useAdminMessages()
  const t = texts.pages
  return (
    <AdminPage title={t.rulesTitle} here="rules" problem={problem} done={done}>
      <section class="card" aria-label={t.rulesTitle}>
        <Form action="/admin/rules">
          {ruleGroups.map((group) => (
            <fieldset>
              <legend>{texts.siteSettings.groups[group]}</legend>
              {offeredRules
                .filter((rule) => rule.group === group)
                .map(({ name, kind }) => (
                  <SettingField
                    id={name}
                    kind={kind}
                    value={values[name] ?? ''}
                    {...words(texts, timeZone, name)}
                    isRequired={kind === 'number'}
                    isWrong={wrong.includes(name)}
                  />
                ))}
            </fieldset>
          ))}
          <Submit label={t.saveRules} />
        </Form>
      </section>
    </AdminPage>
  )
}

function words({ siteSettings: t, user }: AdminMessages, timeZone: string | null, name: Rule) {
  const { label, hint } = t.rules[name]
  switch (name) {
    case 'language':
      return { label, hint, options: [['', t.callers] as Options[number], ...languageOptions] }
    case 'require_2fa_user_type': {
      const options: Options = [
        ['all', t.all],
        ['site_admins', t.siteAdmins],
      ]
      return { label, hint, options }
    }
    case 'require_2fa_stop_time': {
      const zone = fill(user.inZone, { zone: timeZone ?? 'UTC' })
      return { label, hint: `${hint} ${zone}` }
    }
    default:
      return { label, hint }
  }
}

export const adminRulePages = [show, save]
