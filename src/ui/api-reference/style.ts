/** The style sheet of the page. Nothing comes from another host, and there is no script. */
export const style = `
:root {
  color-scheme: light dark;
  --text: light-dark(#1c2026, #e4e7eb);
  --quiet: light-dark(#545c66, #a3abb5);
  --page: light-dark(#ffffff, #14171a);
  --panel: light-dark(#f4f6f8, #1e2328);
  --line: light-dark(#d5dae0, #353c44);
  --accent: light-dark(#0b5cad, #7cb8f5);
}
* { box-sizing: border-box; }
html { scroll-padding-top: 1rem; }
body {
  margin: 0 auto;
  max-width: 76rem;
  padding: 1rem;
  font: 1rem/1.55 system-ui, sans-serif;
  color: var(--text);
  background: var(--page);
}
a { color: var(--accent); }
code, samp { font: 0.875rem/1.5 ui-monospace, monospace; }
h1 { margin: 0; }
h2 { margin: 3rem 0 0; padding-bottom: 0.25rem; border-bottom: 1px solid var(--line); }
h3 { margin: 2.5rem 0 0.5rem; overflow-wrap: anywhere; }
h3 code { font-size: 1.0625rem; }
h4 { margin: 1.25rem 0 0.25rem; font-size: 0.875rem; color: var(--quiet); }
.method { color: var(--accent); font-weight: 600; }
.who, .type { color: var(--quiet); }
.skip { position: absolute; left: -100vw; }
.skip:focus { left: 1rem; top: 0.5rem; padding: 0.5rem; background: var(--page); }
.plain { list-style: none; margin: 0; padding: 0; overflow-wrap: anywhere; }
nav { margin: 1.5rem 0; font-size: 0.875rem; }
nav > a { display: block; margin-top: 0.75rem; font-weight: 600; }
nav li { padding: 0.25rem 0; }
nav a { text-decoration: none; }
nav a:hover, nav a:focus { text-decoration: underline; }
pre {
  margin: 0.5rem 0;
  padding: 0.75rem 1rem;
  white-space: pre-wrap;
  overflow-wrap: anywhere;
  background: var(--panel);
  border: 1px solid var(--line);
  border-radius: 0.375rem;
}
.fields { margin: 0; }
.fields div { padding: 0.375rem 0; border-top: 1px solid var(--line); }
.fields dd { margin: 0; overflow-wrap: anywhere; }
@media (min-width: 40rem) {
  .fields div { display: grid; grid-template-columns: 15rem minmax(0, 1fr); gap: 1rem; }
}
@media (min-width: 60rem) {
  body { display: grid; grid-template: auto 1fr / 17rem minmax(0, 1fr); column-gap: 3rem; }
  header { grid-column: 1 / -1; }
  nav { position: sticky; top: 0; max-height: 100vh; overflow-y: auto; margin: 0; padding: 1rem 0; }
}
`
