import type { Language } from '../http/languages.ts'

const texts = {
  en: { show: 'Show', caps: 'Caps lock is on.' },
  de: { show: 'Zeigen', caps: 'Die Feststelltaste ist an.' },
  es: { show: 'Mostrar', caps: 'Las mayúsculas están activadas.' },
  fr: { show: 'Afficher', caps: 'Le verrouillage des majuscules est actif.' },
} satisfies Record<Language, object>

/** A line of text. */
export function TextField(props: {
  id: string
  /** Its id, unless given. */
  name?: string
  label: string
  value?: string
  autocomplete?: string
  hint?: string
  isOptional?: boolean
}) {
  const { id, name = id, label, value, autocomplete = 'off', hint, isOptional = false } = props
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        id={id}
        name={name}
        value={value}
        autocomplete={autocomplete}
        autocapitalize="none"
        spellcheck={false}
        aria-describedby={hint ? `${id}-hint` : undefined}
        required={!isOptional}
      />
      {hint ? (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      ) : null}
    </div>
  )
}

/** A password: can be pasted, and shown where scripts run. */
export function SecretField(props: {
  language: Language
  id: string
  /** Its id, unless given. */
  name?: string
  label: string
  autocomplete: 'current-password' | 'new-password'
  hint?: string
}) {
  const { id, name = id, label, autocomplete, hint } = props
  const t = texts[props.language]
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
      {hint ? (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      ) : null}
      <p class="hint" id={`${id}-caps`} role="note" hidden>
        {t.caps}
      </p>
    </div>
  )
}
