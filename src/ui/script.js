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
const taking = document.querySelector('form[data-takes-fragment]')
if (taking && location.hash.length > 1) {
  taking.querySelector('input:not([type=hidden])').value = decodeURIComponent(
    location.hash.slice(1),
  )
  history.replaceState(null, '', location.pathname)
  taking.submit()
}
document.querySelector('[role=alert]:not([hidden])')?.focus()
