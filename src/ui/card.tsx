import type { Child } from 'hono/jsx'
import { Name } from './verbatim.tsx'

/** A section of a wide page, with a heading. */
export function Card(props: { id: string; title: string; children?: Child }) {
  const { id, title, children } = props
  return (
    <section class="card" aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      {children}
    </section>
  )
}

/** An entry of a description list: a name that somebody chose. */
export function NameEntry(props: { term: string; name: string }) {
  return (
    <>
      <dt>{props.term}</dt>
      <dd>
        <Name>{props.name}</Name>
      </dd>
    </>
  )
}
