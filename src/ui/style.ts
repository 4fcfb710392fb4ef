import { KEY_SCRIPT } from './key-script.ts'

/** The one design of every page: tokens first, light and dark, from a phone to a desk. */
export const STYLE = `:root {
  color-scheme: light dark;
  --paper: #f5f6f8; --card: #ffffff; --ink: #1a2230; --quiet: #566173; --line: #d5dae2; --edge: #7b8798;
  --accent: #0b5fc4; --on-accent: #ffffff; --danger: #b3261e; --on-danger: #ffffff;
  --error-paper: #fdecea; --error-ink: #8c1d18; --done-paper: #e7f5ec; --done-ink: #175c33;
  --space-1: .25rem; --space-2: .5rem; --space-3: 1rem; --space-4: 1.5rem; --space-5: 2.5rem;
  --radius: .625rem; --small: .875rem; --large: 1.5rem;
}
@media (prefers-color-scheme: dark) { :root {
  --paper: #10151d; --card: #19202b; --ink: #e8ecf2; --quiet: #a9b4c4; --line: #343f50; --edge: #8592a5;
  --accent: #8ab8ff; --on-accent: #0b1a30; --danger: #ff9d94; --on-danger: #3a0905;
  --error-paper: #3d1613; --error-ink: #ffc9c4; --done-paper: #12331f; --done-ink: #b3e6c6;
} }
*, ::before, ::after { box-sizing: border-box; }
html { font: 100%/1.5 system-ui, sans-serif; background: var(--paper); color: var(--ink); }
body { margin: 0; min-height: 100vh; display: flex; flex-direction: column; }
main { width: 100%; max-width: 26rem; margin: auto; padding: var(--space-4) var(--space-3); }
main.wide { max-width: 52rem; margin: 0 auto; }
nav.places { display: flex; flex-wrap: wrap; justify-content: center; gap: 0 var(--space-1); padding: var(--space-1) var(--space-3);
  background: var(--card); border-bottom: 1px solid var(--line); }
nav.places a { padding: var(--space-2) .625rem; border-bottom: 3px solid transparent; text-decoration: none; font-size: var(--small); }
nav.places a:hover { text-decoration: underline; }
nav.places a[aria-current] { border-bottom-color: currentColor; font-weight: 600; }
.brand { display: flex; align-items: center; gap: .75rem; margin: 0 0 var(--space-3); font-weight: 600; color: var(--quiet); }
.brand img { max-width: 60%; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: var(--radius);
  padding: var(--space-4); box-shadow: 0 1px 3px rgb(0 0 0 / .06); }
.card + .card { margin-top: var(--space-4); }
h1 { font-size: var(--large); line-height: 1.25; margin: 0 0 var(--space-3); text-wrap: balance; }
h3 { font-size: 1rem; margin: var(--space-4) 0 var(--space-3); }
h2 { font-size: 1.125rem; line-height: 1.3; margin: 0 0 var(--space-3); }
p { margin: 0 0 var(--space-3); overflow-wrap: anywhere; }
a { color: var(--accent); text-underline-offset: .15em; }
fieldset { display: grid; gap: var(--space-3); min-width: 0; margin: 0; padding: var(--space-3) 0 0; border: 0; border-top: 1px solid var(--line); }
fieldset:first-of-type { padding-top: 0; border-top: 0; }
legend { float: inline-start; grid-column: 1 / -1; padding: 0; font-weight: 600; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: 4px; }
form { display: grid; gap: var(--space-3); margin: 0 0 var(--space-3); }
.field { display: grid; gap: var(--space-1); }
label { font-weight: 600; font-size: var(--small); }
input:not([type=hidden]), select, textarea { font: inherit; color: inherit; background: var(--card); width: 100%; min-width: 0;
  min-height: 2.75rem; padding: var(--space-2) .75rem; border: 1px solid var(--edge); border-radius: .5rem; }
:is(input, select, textarea)[aria-invalid=true] { border: 2px solid var(--danger); }
.choices { display: flex; flex-wrap: wrap; gap: var(--space-2) var(--space-4); }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); gap: var(--space-3); }
.choice { display: flex; gap: var(--space-2); align-items: start; font-weight: 400; }
.choice input { width: 1.5rem; min-height: 1.5rem; flex: none; margin: 0; }
.secret { display: flex; gap: var(--space-2); }
.hint { color: var(--quiet); font-size: var(--small); margin: 0; }
.card > .hint, .factor > .hint { margin-bottom: var(--space-3); }
button { font: inherit; font-weight: 600; min-height: 2.75rem; padding: var(--space-2) var(--space-3);
  border: 1px solid transparent; border-radius: .5rem; background: var(--accent); color: var(--on-accent); cursor: pointer; }
button:hover { filter: brightness(1.08); }
button.quiet { background: transparent; color: var(--accent); border-color: var(--edge); }
button.danger { background: transparent; color: var(--danger); border-color: var(--danger); }
button[hidden] { display: none; }
a.button { display: flex; gap: .75rem; align-items: center; justify-content: center; min-height: 2.75rem; font-weight: 600;
  padding: var(--space-2) var(--space-3); border: 1px solid var(--edge); border-radius: .5rem; text-decoration: none; }
a.button:hover { border-color: var(--accent); }
a.button + a { display: inline-block; margin-top: var(--space-3); }
ul.providers { list-style: none; margin: 0 0 var(--space-3); padding: var(--space-3) 0 0; display: grid; gap: var(--space-2);
  border-top: 1px solid var(--line); }
.mark { flex: none; fill: var(--accent); }
.mark text { fill: var(--on-accent); font: 700 14px system-ui, sans-serif; }
[role=alert], [role=status] { padding: .75rem var(--space-3); border-radius: .5rem; border-inline-start: 4px solid currentColor; }
[role=alert] { background: var(--error-paper); color: var(--error-ink); }
[role=status] { background: var(--done-paper); color: var(--done-ink); }
code { font-family: ui-monospace, monospace; overflow-wrap: anywhere; }
ul.rows { list-style: none; margin: 0 0 var(--space-3); padding: 0; }
ul.rows > li { display: flex; flex-wrap: wrap; gap: var(--space-2) var(--space-3); align-items: center;
  justify-content: space-between; padding: var(--space-3) 0; border-top: 1px solid var(--line); }
ul.rows > li:first-child { border-top: 0; padding-top: 0; }
ul.rows form { margin: 0; }
ul.rows div { flex: 1 1 14rem; min-width: 0; overflow-wrap: anywhere; }
.badge { display: inline-block; font-size: .75rem; font-weight: 600; padding: .1rem .5rem; border-radius: 1rem; background: var(--done-paper); color: var(--done-ink); }
.card > .badges { display: block; margin-bottom: var(--space-3); }
.badge.bad { background: var(--error-paper); color: var(--error-ink); }
ul.rows details { margin: 0; }
ul.rows details form { margin-top: var(--space-2); }
ul.changed { margin: var(--space-1) 0 0; padding-inline-start: 1.25rem; font-size: var(--small); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: var(--space-1) var(--space-3); margin: 0 0 var(--space-3); }
dt { color: var(--quiet); } dd { margin: 0; overflow-wrap: anywhere; }
details { margin: 0 0 var(--space-3); }
summary { cursor: pointer; color: var(--accent); padding: var(--space-1) 0; }
details > :not(summary) { margin-top: var(--space-2); }
.qr { width: fit-content; max-width: 100%; margin: 0 auto var(--space-3); forced-color-adjust: none; }
.qr svg { display: block; max-width: 100%; height: auto; border-radius: .5rem; }
.on-phones { display: none; }
@media (pointer: coarse) { .on-phones { display: block; text-align: center; } }
ul.codes { columns: 13rem; list-style: none; padding: 0; font-family: ui-monospace, monospace; }
main > a { display: inline-block; margin-top: var(--space-3); }
footer { text-align: center; padding: var(--space-3); font-size: var(--small); color: var(--quiet); }
footer a { color: inherit; display: inline-block; padding: var(--space-1) var(--space-2); min-height: 1.5rem; }
.card > :last-child { margin-bottom: 0; }
@media (min-width: 40rem) { main.wide form { max-width: 26rem; } main.wide form > button { justify-self: start; }
  main.wide form:has(fieldset) { max-width: none; } fieldset { grid-template-columns: 1fr 1fr; gap: var(--space-3) var(--space-4); align-items: start; } }
@media (max-width: 24rem) { .card { padding: var(--space-3); } }
@media (prefers-reduced-motion: no-preference) { button { transition: filter .15s; } }
`

/** What the platform does not do alone; every page works without it. */
export const SCRIPT = `'use strict'
for (const toggle of document.querySelectorAll('button[data-shows]')) {
  const field = document.getElementById(toggle.dataset.shows)
  toggle.hidden = false
  toggle.addEventListener('click', () => {
    const shown = field.type === 'text'
    field.type = shown ? 'password' : 'text'
    toggle.setAttribute('aria-pressed', String(!shown))
  })
  const hint = document.getElementById(field.id + '-caps')
  field.addEventListener('keyup', (event) => {
    hint.hidden = !event.getModifierState?.('CapsLock')
  })
  field.form.addEventListener('submit', () => { field.type = 'password' })
}
const taking = document.querySelector('form[data-takes-fragment]')
if (taking && location.hash.length > 1) {
  taking.querySelector('input:not([type=hidden])').value = decodeURIComponent(location.hash.slice(1))
  history.replaceState(null, '', location.pathname)
  taking.submit()
}
${KEY_SCRIPT}document.querySelector('[role=alert]:not([hidden])')?.focus()
`
