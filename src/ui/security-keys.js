/*
 * Lets security keys register and sign. Options and answers are read and written by hand: browsers before 2025 have
 * no functions for it, and the answers of some password managers throw where they are written as JSON.
 */
const bytesOf = (text) =>
  Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (one) => one.charCodeAt(0))
const textOf = (bytes) =>
  bytes &&
  btoa(Array.from(new Uint8Array(bytes), (one) => String.fromCharCode(one)).join(''))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
const askedOf = (options) => {
  const asked = { ...options, challenge: bytesOf(options.challenge) }
  if (options.user) asked.user = { ...options.user, id: bytesOf(options.user.id) }
  for (const name of ['allowCredentials', 'excludeCredentials'])
    if (options[name]) asked[name] = options[name].map((key) => ({ ...key, id: bytesOf(key.id) }))
  return asked
}
const orNothing = (read) => {
  try {
    return read()
  } catch {
    return undefined
  }
}
const answerOf = (key) => {
  const { response } = key
  const id = textOf(key.rawId)
  return {
    id,
    rawId: id,
    type: 'public-key',
    clientExtensionResults: {
      appid: orNothing(() => key.getClientExtensionResults().appid) === true,
    },
    response: {
      clientDataJSON: textOf(response.clientDataJSON),
      attestationObject: textOf(response.attestationObject),
      authenticatorData: textOf(response.authenticatorData),
      signature: textOf(response.signature),
      userHandle: textOf(response.userHandle) || undefined,
      transports: orNothing(() => response.getTransports()),
    },
  }
}
// What a key is to sign is good for 10 minutes, and pages stay open for longer.
const RENEWED_AFTER_MS = 8 * 60_000
for (const button of window.PublicKeyCredential
  ? document.querySelectorAll('button[data-key]')
  : []) {
  let publicKey = askedOf(JSON.parse(button.dataset.options))
  let renewedAt = Date.now()
  let offer = new AbortController()
  const told = document.getElementById(button.getAttribute('aria-controls'))
  const failed = told.textContent
  button.hidden = false
  const { form } = button
  const take = (key) => {
    form.elements[button.dataset.field].value = JSON.stringify(answerOf(key))
    form.requestSubmit()
  }
  const offerInField = () => {
    offer = new AbortController()
    const { signal } = offer
    if (button.dataset.offered === 'true' && PublicKeyCredential.isConditionalMediationAvailable)
      PublicKeyCredential.isConditionalMediationAvailable()
        .then(
          (is) => is && navigator.credentials.get({ publicKey, mediation: 'conditional', signal }),
        )
        .then((key) => key && take(key))
        .catch(() => {})
  }
  const renewIfOld = async () => {
    if (!button.dataset.renewAt || Date.now() - renewedAt < RENEWED_AFTER_MS) return
    const reply = await fetch(button.dataset.renewAt)
    const page = new DOMParser().parseFromString(await reply.text(), 'text/html')
    const { dataset, form: renewed } = page.querySelector('button[data-renew-at]')
    for (const { type, name, value } of renewed.elements)
      if (type === 'hidden') form.elements[name].value = value
    button.dataset.options = dataset.options
    publicKey = askedOf(JSON.parse(dataset.options))
    renewedAt = Date.now()
    offer.abort()
    offerInField()
  }
  const renew = () => renewIfOld().catch(() => {})
  offerInField()
  setInterval(renew, 30_000)
  document.addEventListener('visibilitychange', renew)
  button.addEventListener('click', async () => {
    told.hidden = true
    form.elements[button.dataset.field].required = false
    if (!form.reportValidity()) return
    await renew()
    offer.abort()
    try {
      take(await navigator.credentials[button.dataset.key]({ publicKey }))
    } catch (error) {
      told.textContent = error.name === 'InvalidStateError' ? told.dataset.known || failed : failed
      told.hidden = false
      told.focus()
    }
  })
}
