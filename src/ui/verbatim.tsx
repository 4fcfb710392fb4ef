import type { Child } from 'hono/jsx'

/** What somebody chose to be called: never translated, and one from right to left moves no word around it. */
export function Name({ children }: { children?: Child }) {
  return <bdi translate="no">{children}</bdi>
}

/** What is copied, letter by letter. */
export function Code({ children }: { children?: Child }) {
  return <code translate="no">{children}</code>
}
