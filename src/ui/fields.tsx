import { useMessages } from './language.ts'
import { FieldHint, SettingField } from './setting-field.tsx'

export function TextField(props: {
  id: string
  /** The field's id by default. */
  name?: string
  label: string
  value?: string
  autocomplete?: string
  hint?: string
  isOptional?: boolean
}) {
  const { isOptional = false, ...field } = props
  return <SettingField {...field} kind="line" isRequired={!isOptional} />
}

/**
 * The username for password managers, which otherwise take the field before the password for it. It stands before the
 * first password of every form without a username field.
 */
export function UsernameOfPassword(props: { username: string }) {
  return (
    <input
      class="unseen"
      type="text"
      name="username"
      value={props.username}
      autocomplete="username"
      aria-label={useMessages().page.fields.username}
      translate="no"
      tabindex={-1}
      readonly
    />
  )
}

/** A password field, which allows pasting and, with scripts, can show its value. */
export function SecretField(props: {
  id: string
  /** The field's id by default. */
  name?: string
  label: string
  /** `off` for a secret that is not a user's password. */
  autocomplete: 'current-password' | 'new-password' | 'off'
  hint?: string
}) {
  const { id, name = id, label, autocomplete, hint } = props
  const t = useMessages().page.fields
  return (
    <div class="field">
      <label for={id} id={`${id}-label`}>
        {label}
      </label>
      <div class="secret">
        <input
          id={id}
          name={name}
          type="password"
          autocomplete={autocomplete}
          aria-describedby={hint ? `${id}-hint ${id}-caps` : `${id}-caps`}
          required
        />
        <button
          type="button"
          class="quiet"
          data-shows={id}
          aria-pressed="false"
          aria-describedby={`${id}-label`}
          hidden
        >
          {t.show}
        </button>
      </div>
      <FieldHint id={id} hint={hint} />
      <p class="hint" id={`${id}-caps`} role="note" hidden>
        {t.caps}
      </p>
    </div>
  )
}

/** A box that is sent as `true` if it is checked. */
export function CheckField(props: {
  id: string
  label: string
  value?: string | number
  checked?: boolean | undefined
  required?: boolean
}) {
  const { id, label, value = 'true', checked, required } = props
  return (
    <label class="choice" for={id}>
      <input
        id={id}
        name={id}
        type="checkbox"
        value={value}
        checked={checked}
        required={required}
      />{' '}
      {label}
    </label>
  )
}
