import { type Child, createContext, useContext } from 'hono/jsx'
import type { Language } from '../http/languages.ts'

/** Seals where a form may be sent and what it acts on, for the user and session that its page is shown to. */
export type SealForm = (at: string[], shown: Record<string, string>) => Promise<string>

/** Comes with every page that is made for somebody. */
export const SealFormContext = createContext<SealForm | null>(null)

/**
 * A form to a page of ours, in the language of the page that it is on. There is no other: what it acts on, and
 * for whom, stands sealed in it, and a route takes it from nowhere else.
 */
export function Form(props: {
  language: Language
  /** Where it is sent; the first of several, where buttons lead to the others by `formaction`. */
  action: string | string[]
  /** What it acts on, by the names of the route's parameters. */
  shown?: Record<string, string | undefined>
  /** The name of a field that a script fills in. */
  filledByScript?: string
  /** Its one field is what stands behind the `#` of the address; a script sends it at once. */
  takesFragment?: boolean
  children?: Child
}) {
  const { language, shown = {}, filledByScript, takesFragment, children } = props
  const at = [props.action].flat()
  return (
    <form method="post" action={at[0]} data-takes-fragment={takesFragment}>
      <input type="hidden" name="locale" value={language} />
      <FormSeal at={at} shown={shown} />
      {filledByScript ? <input type="hidden" name={filledByScript} value="" /> : null}
      {children}
    </form>
  )
}

async function FormSeal(props: { at: string[]; shown: Record<string, string | undefined> }) {
  const seal = useContext(SealFormContext)
  if (!seal) throw new TypeError('a form stands only on a page that is made for somebody')
  const given = Object.entries(props.shown).filter(
    (pair): pair is [string, string] => pair[1] !== undefined,
  )
  return <input type="hidden" name="form" value={await seal(props.at, Object.fromEntries(given))} />
}

/** A form that asks for another view of its page, and changes nothing. */
export function SearchForm(props: { language: Language; action: string; children?: Child }) {
  return (
    <form method="get" action={props.action}>
      <input type="hidden" name="locale" value={props.language} />
      {props.children}
    </form>
  )
}
