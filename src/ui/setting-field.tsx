import { languageNames } from '../http/languages.ts'

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
export function FieldHint({ id, hint }: { id: string; hint: string | undefined }) {
  return hint ? (
    <p class="hint" id={`${id}-hint`}>
      {hint}
    </p>
  ) : null
}
