/**
 * A button that registers a security key or asks for a signature. A script sends the answer in a field of the form;
 * without scripts the button is hidden.
 */
export function KeyButton(props: {
  does: 'create' | 'get'
  /** Unique on the page. */
  id?: string
  /** The form's field for the answer. */
  field?: string
  /** The options for the browser (WebAuthn L3 §5.1.9, §5.1.10). */
  options: Record<string, unknown>
  label: string
  /** A longer name, if the label alone is ambiguous. */
  ariaLabel?: string | undefined
  class?: string | undefined
  /** Shown if the key did not answer. */
  failed: string
  /** Shown if the key is already registered. */
  known?: string
  /** One of several methods, so that nothing is said about it if scripts do not run. */
  isOneOfSeveral?: boolean
  /** Whether it is also offered in the username field. */
  isOffered?: boolean
  /** A URL that returns the button with new options, for pages that stay open for long. */
  renewAt?: string
}) {
  const { does, options, label, ariaLabel, failed, known, class: variant = '' } = props
  const { id = does, field = 'otp', isOneOfSeveral = false, isOffered = false, renewAt } = props
  return (
    <>
      <p role="alert" tabindex={-1} id={`${id}-told`} data-known={known} hidden>
        {failed}
      </p>
      <button
        type="button"
        class={variant}
        data-key={does}
        data-field={field}
        data-offered={isOffered}
        data-options={JSON.stringify(options)}
        data-renew-at={renewAt}
        aria-controls={`${id}-told`}
        aria-label={ariaLabel}
        hidden
      >
        {label}
      </button>
      {isOneOfSeveral ? null : (
        <noscript>
          <p>{failed}</p>
        </noscript>
      )}
    </>
  )
}
