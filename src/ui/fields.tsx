import type { Language } from '../http/languages.ts'
import { messagesFor } from '../messages/messages.ts'

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

/**
 * Whose password a form takes, for password managers: without it they take the field before the password for the
 * username. It stands right before the first password of every form in which nobody types a username.
 */
export function UsernameOfPassword(props: { language: Language; username: string }) {
  return (
    <input
      class="unseen"
      type="text"
      name="username"
      value={props.username}
      autocomplete="username"
      aria-label={messagesFor(props.language).page.fields.username}
      translate="no"
      tabindex={-1}
      readonly
    />
  )
}

/** A password: can be pasted, and shown where scripts run. */
export function SecretField(props: {
  language: Language
  id: string
  /** Its id, unless given. */
  name?: string
  label: string
  /** `off` for a secret that is no password of a user. */
  autocomplete: 'current-password' | 'new-password' | 'off'
  hint?: string
}) {
  const { id, name = id, label, autocomplete, hint } = props
  const t = messagesFor(props.language).page.fields
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
