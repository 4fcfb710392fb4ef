/* What the platform does not do alone; every page works without it. */
for (const toggle of document.querySelectorAll('button[data-shows]')) {
  const field = document.getElementById(toggle.dataset.shows)
  toggle.hidden = false
  toggle.addEventListener('click', () => {
    const shown = field.type === 'text'
    field.type = shown ? 'password' : 'text'
    toggle.setAttribute('aria-pressed', String(!shown))
  })
  const hint = document.getElementById(`${field.id}-caps`)
  field.addEventListener('keyup', (event) => {
    hint.hidden = !event.getModifierState?.('CapsLock')
  })
  field.form.addEventListener('submit', () => {
    field.type = 'password'
  })
}
// A second click sends nothing: its answer would take the place of the first one's. Who stops the page may try again
// after a while, and a page that comes back from the browser's memory is as good as new.
const SENT_ONCE_MS = 10_000
const sentAt = new WeakMap()
document.addEventListener('submit', (event) => {
  const isRepeat = event.timeStamp - (sentAt.get(event.target) ?? -SENT_ONCE_MS) < SENT_ONCE_MS
  if (isRepeat) event.preventDefault()
  else sentAt.set(event.target, event.timeStamp)
})
addEventListener('pageshow', ({ persisted }) => {
  if (persisted) for (const form of document.forms) sentAt.delete(form)
})
const taking = document.querySelector('form[data-takes-fragment]')
if (taking && location.hash.length > 1) {
  taking.querySelector('input:not([type=hidden])').value = decodeURIComponent(
    location.hash.slice(1),
  )
  history.replaceState(null, '', location.pathname)
  taking.requestSubmit()
}
document.querySelector('[role=alert]:not([hidden])')?.focus()
