import { isolated } from '../http/bidi.ts'
import type { Strategy } from '../sso/strategy.ts'
import { useAdminMessages } from '../ui/admin/messages.ts'
import { SettingFields } from '../ui/admin/settings-form.tsx'
import { Card } from '../ui/card.tsx'
import { Form, Submit } from '../ui/form.tsx'
import { languageOptions, type Options } from '../ui/setting-field.tsx'
import type { User } from './account.ts'
import { type FieldValues, offeredSettings } from './user-fields.ts'

export interface UserFormProps {
  user: User
  values: FieldValues
  strategies: Strategy[]
  /** The settings that were refused. */
  wrong: string[]
}

/** The form in which an admin changes a user's settings. */
export function UserForm(props: UserFormProps) {
  const { user, strategies } = props
  const { user: t, userSettings, choices } = useAdminMessages()
  const known = strategies.map((one): Options[number] => [String(one.id), isolated(one.label)])
  const rules = Object.entries(choices.rule)
  return (
    <Card id="settings" title={t.settings}>
      <Form action={`/admin/users/${user.id}`}>
        <SettingFields
          {...props}
          offered={offeredSettings}
          legends={t}
          texts={userSettings}
          options={{
            language: [['', choices.asSite], ...languageOptions],
            authentication_method: Object.entries(choices.authentication_method),
            require_2fa: rules,
            ssl_required: rules,
            sso_strategy_id: [['0', choices.noProvider], ...known],
          }}
        />
        <Submit label={t.save} />
      </Form>
    </Card>
  )
}
