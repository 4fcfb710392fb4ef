/**
 * A button that lets a security key register or sign. A script does it, which sends the answer in the
 * form's field `otp`; without one there is no button.
 */
export function KeyButton(props: {
  does: 'create' | 'get'
  /** What the browser is to be given (WebAuthn L3 §5.1.9, §5.1.10). */
  options: Record<string, unknown>
  label: string
  /** Told where the key gave no answer. */
  failed: string
}) {
  const { does, options, label, failed } = props
  return (
    <>
      <p role="alert" tabindex={-1} id={`${does}-told`} hidden>
        {failed}
      </p>
      <button type="button" data-key={does} data-options={JSON.stringify(options)} hidden>
        {label}
      </button>
      <noscript>
        <p>{failed}</p>
      </noscript>
    </>
  )
}
