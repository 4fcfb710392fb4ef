import { isolated } from '../http/bidi.ts'
import type { AdminMessages } from '../messages/admin-messages.ts'
import { fill } from '../messages/messages.ts'
import type { Strategy } from '../sso/strategy.ts'
import { useAdminMessages } from '../ui/admin/messages.ts'
import { Card } from '../ui/card.tsx'
import { Form, Submit } from '../ui/form.tsx'
import { languageOptions, type Options, SettingField } from '../ui/setting-field.tsx'
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
    <Card id="settings" title={t.settings}>
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
        <Submit label={t.save} />
      </Form>
    </Card>
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
      return { ...texts, options: [['', choices.asSite] as Options[number], ...languageOptions] }
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
