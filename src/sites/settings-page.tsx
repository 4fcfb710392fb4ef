import type { Language } from '../http/languages.ts'
import type { Problem } from '../http/problem.ts'
import { adminMessagesFor } from '../messages/admin-messages.ts'
import { fill } from '../messages/messages.ts'
import { AdminPage } from '../ui/admin/admin-page.tsx'
import { Form } from '../ui/form.tsx'
import { type Options, SettingField } from '../ui/setting-field.tsx'
import { languageOptions } from '../users/user-form.tsx'
import { offeredRules, type Rule, type RuleValues, ruleGroups } from './setting-fields.ts'

export interface RulesPageProps {
  language: Language
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
  const { language, values, wrong, problem, done } = props
  const t = adminMessagesFor(language).pages
  return (
    <AdminPage language={language} title={t.rulesTitle} here="rules" problem={problem} done={done}>
      <section class="card" aria-label={t.rulesTitle}>
        <Form language={language} action="/admin/rules">
          {ruleGroups.map((group) => (
            <fieldset>
              <legend>{adminMessagesFor(language).siteSettings.groups[group]}</legend>
              {offeredRules
                .filter((rule) => rule.group === group)
                .map(({ name, kind }) => (
                  <SettingField
                    id={name}
                    kind={kind}
                    value={values[name] ?? ''}
                    {...words(props, name)}
                    isRequired={kind === 'number'}
                    isWrong={wrong.includes(name)}
                  />
                ))}
            </fieldset>
          ))}
          <button type="submit">{t.saveRules}</button>
        </Form>
      </section>
    </AdminPage>
  )
}

function words({ language, timeZone }: RulesPageProps, name: Rule) {
  const t = adminMessagesFor(language).siteSettings
  const { label, hint } = t.rules[name]
  switch (name) {
    case 'language':
      return { label, hint, options: languageOptions(t.callers) }
    case 'require_2fa_user_type': {
      const options: Options = [
        ['all', t.all],
        ['site_admins', t.siteAdmins],
      ]
      return { label, hint, options }
    }
    case 'require_2fa_stop_time': {
      const zone = fill(adminMessagesFor(language).user.inZone, { zone: timeZone ?? 'UTC' })
      return { label, hint: `${hint} ${zone}` }
    }
    default:
      return { label, hint }
  }
}
