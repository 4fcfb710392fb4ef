/**
 * A button that lets a security key register or sign. A script does it, which sends the answer in a field of the
 * form; without one there is no button.
 */
export function KeyButton(props: {
  does: 'create' | 'get'
  /** Of the page, where there are several. */
  id?: string
  /** The field of the form that the answer goes into. */
  field?: string
  /** What the browser is to be given (WebAuthn L3 §5.1.9, §5.1.10). */
  options: Record<string, unknown>
  label: string
  /** What it is called where the label alone does not tell it from others. */
  ariaLabel?: string | undefined
  class?: string | undefined
  /** Told where the key gave no answer. */
  failed: string
  /** Told where the key is registered already. */
  known?: string
  /** One way of several: where no script runs, nothing is told of it. */
  isOneOfSeveral?: boolean
  /** Also offered in the field for usernames. */
  isOffered?: boolean
  /** A page that has the same button with something else to sign, for one that is open for long. */
  renewAt?: string
}) {
  const { does, options, label, ariaLabel, failed, known, class: look = '' } = props
  const { id = does, field = 'otp', isOneOfSeveral = false, isOffered = false, renewAt } = props
  return (
    <>
      <p role="alert" tabindex={-1} id={`${id}-told`} data-known={known} hidden>
        {failed}
      </p>
      <button
        type="button"
        class={look}
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
