import type { Child } from 'hono/jsx'

/**
 * A name that somebody chose: it is never translated, and a right-to-left name does not reorder the text around it.
 */
export function Name({ children }: { children?: Child }) {
  return <bdi translate="no">{children}</bdi>
}

/** Text to copy exactly. */
export function Code({ children }: { children?: Child }) {
  return <code translate="no">{children}</code>
}
