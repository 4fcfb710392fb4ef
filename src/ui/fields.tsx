import { languageNames } from '../http/languages.ts'
import { useMessages } from './language.ts'

/** How a setting is entered. An inverse flag is a box that is checked for "no". */
export type FieldKind = 'flag' | 'inverse-flag' | 'line' | 'lines' | 'number' | 'moment' | 'choice'

/** The options of a choice: the value that is sent, and the label. */
export type Options = [value: string, label: string, language?: string][]

/** The languages by their own names. */
export const languageOptions: Options = Object.entries(languageNames).map(([tag, own]) => [
  tag,
  own,
  tag,
])

/** A setting, with a sentence about its effect. Browsers do not send boxes that are not checked. */
export function SettingField(props: {
  id: string
  /** The field's id by default. */
  name?: string
  kind: FieldKind
  label: string
  hint?: string
  value?: string
  autocomplete?: string
  /** For a choice. */
  options?: Options
  isRequired?: boolean
  isWrong?: boolean
}) {
  const { id, kind, label, hint } = props
  return (
    <div class="field">
      {kind === 'flag' || kind === 'inverse-flag' ? (
        <label class="choice" for={id}>
          <Control {...props} /> {label}
        </label>
      ) : (
        <>
          <label for={id}>{label}</label>
          <Control {...props} />
        </>
      )}
      <FieldHint id={id} hint={hint} />
    </div>
  )
}

function Control(props: Parameters<typeof SettingField>[0]) {
  const { id, name = id, kind, value, autocomplete = 'off', hint } = props
  const { options = [], isRequired = false, isWrong = false } = props
  const attributes = {
    id,
    name,
    'aria-describedby': hint && `${id}-hint`,
    ...(isWrong && { 'aria-invalid': 'true' as const }),
  }
  const typed = { value, autocomplete, required: isRequired }
  switch (kind) {
    case 'flag':
      return <input {...attributes} type="checkbox" value="true" checked={value === 'true'} />
    case 'inverse-flag':
      return <input {...attributes} type="checkbox" value="false" checked={value === 'false'} />
    case 'lines':
      return (
        <textarea {...attributes} rows={3}>
          {value}
        </textarea>
      )
    case 'choice':
      return (
        <select {...attributes}>
          {options.map(([one, text, language]) => (
            <option value={one} selected={one === value} lang={language}>
              {text}
            </option>
          ))}
        </select>
      )
    case 'number':
      return <input {...attributes} {...typed} inputmode="decimal" />
    case 'moment':
      return <input {...attributes} {...typed} type="datetime-local" />
    case 'line':
      return <input {...attributes} {...typed} autocapitalize="none" spellcheck={false} />
  }
}

/** What a field is about; the field refers to it by `aria-describedby`. */
function FieldHint({ id, hint }: { id: string; hint: string | undefined }) {
  return hint ? (
    <p class="hint" id={`${id}-hint`}>
      {hint}
    </p>
  ) : null
}

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
