import { isolated } from '../http/bidi.ts'
import { languageNames } from '../http/languages.ts'
import type { AdminMessages } from '../messages/admin-messages.ts'
import { fill } from '../messages/messages.ts'
import type { Strategy } from '../sso/strategy.ts'
import { useAdminMessages } from '../ui/admin/messages.ts'
import { Form } from '../ui/form.tsx'
import { type Options, SettingField } from '../ui/setting-field.tsx'
import type { User } from './account.ts'
import {
  type FieldValues,
  offeredSettings,
  settingGroups,
  type UserSetting,
} from './user-fields.ts'

export interface UserFormProps {
  user: User
  values: FieldValues
  strategies: Strategy[]
  /** The settings that were refused. */
  wrong: string[]
  /** The reader's time zone. */
  timeZone: string | null
}

/** The form in which an admin changes a user's settings. */
export function UserForm(props: UserFormProps) {
  const { user } = props
  const texts = useAdminMessages()
  const t = texts.user
  return (
    <section class="card" aria-labelledby="settings">
      <h2 id="settings">{t.settings}</h2>
      <Form action={`/admin/users/${user.id}`}>
        {settingGroups.map((group) => (
          <fieldset>
            <legend>{t[group]}</legend>
            {offeredSettings
              .filter((setting) => setting.group === group)
              .map(({ name, kind }) => (
                <SettingField
                  id={name}
                  kind={kind}
                  value={props.values[name] ?? ''}
                  {...words(texts, props, name)}
                  isWrong={props.wrong.includes(name)}
                />
              ))}
          </fieldset>
        ))}
        <button type="submit">{t.save}</button>
      </Form>
    </section>
  )
}

function words(
  { userSettings, choices, user }: AdminMessages,
  { strategies, timeZone }: UserFormProps,
  name: UserSetting,
) {
  const texts = userSettings[name]
  switch (name) {
    case 'language':
      return { ...texts, options: languageOptions(choices.asSite) }
    case 'authentication_method':
      return { ...texts, options: Object.entries(choices.authentication_method) }
    case 'require_2fa':
    case 'ssl_required':
      return { ...texts, options: Object.entries(choices.rule) }
    case 'sso_strategy_id': {
      const known = strategies.map((one): Options[number] => [String(one.id), isolated(one.label)])
      return { ...texts, options: [['0', choices.noProvider], ...known] satisfies Options }
    }
    case 'authenticate_until': {
      const zone = fill(user.inZone, { zone: timeZone ?? 'UTC' })
      return { ...texts, hint: `${texts.hint} ${zone}` }
    }
    default:
      return texts
  }
}

/** The languages by their own names, after the default. */
export function languageOptions(none: string): Options {
  const known = Object.entries(languageNames).map(([tag, own]): Options[number] => [tag, own, tag])
  return [['', none], ...known]
}
