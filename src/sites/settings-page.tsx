import type { Problem } from '../http/problem.ts'
import type { AdminMessages } from '../messages/admin-messages.ts'
import { fill } from '../messages/messages.ts'
import { AdminPage } from '../ui/admin/admin-page.tsx'
import { useAdminMessages } from '../ui/admin/messages.ts'
import { Form, Submit } from '../ui/form.tsx'
import { languageOptions, type Options, SettingField } from '../ui/setting-field.tsx'
import { offeredRules, type Rule, type RuleValues, ruleGroups } from './setting-fields.ts'

export interface RulesPageProps {
  values: RuleValues
  /** The settings that were refused. */
  wrong: string[]
  /** The reader's time zone. */
  timeZone: string | null
  problem?: Problem | undefined
  done?: string | undefined
}

/** The settings of a site, for its admins. */
export function RulesPage(props: RulesPageProps) {
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
