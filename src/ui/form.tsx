import { type Child, createContext, useContext } from 'hono/jsx'
import { isolated } from '../http/bidi.ts'
import { useLanguage } from './language.ts'

/** Seals a form's targets and parameters for the user and session that the page is shown to. */
export type SealForm = (at: string[], shown: Record<string, string>) => Promise<string>

/** Provided with every page that may have forms. */
export const SealFormContext = createContext<SealForm | null>(null)

/**
 * A form of our own pages, in the page's language. Every form is one of these: its sealed parameters, and who they
 * are for, cannot be sent in any other way.
 */
export function Form(props: {
  /** Where it is sent; the first of several if buttons have a `formaction`. */
  action: string | string[]
  /** The parameters that it acts on, by their names in the route. */
  shown?: Record<string, string | undefined>
  /** The name of a field that a script fills in. */
  filledByScript?: string
  /** Its one field is the fragment of the URL, and a script submits it at once. */
  takesFragment?: boolean
  children?: Child
}) {
  const language = useLanguage()
  const { shown = {}, filledByScript, takesFragment, children } = props
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

/** A form that filters its page and changes nothing. */
export function SearchForm(props: { action: string; children?: Child }) {
  const language = useLanguage()
  return (
    <form method="get" action={props.action}>
      <input type="hidden" name="locale" value={language} />
      {props.children}
    </form>
  )
}

interface SubmitProps {
  label: string
  /** What it acts on, said to screen readers, if the page has several such buttons. */
  target?: string | string[] | undefined
  variant?: 'quiet' | 'danger' | undefined
  /** Where it sends the form, if the form has several such buttons. */
  formaction?: string
  describedBy?: string
}

/** The button that sends its form. */
export function Submit({ label, target, variant, formaction, describedBy }: SubmitProps) {
  return (
    <button
      type="submit"
      class={variant}
      formaction={formaction}
      aria-label={
        target === undefined ? undefined : `${label}: ${[target].flat().map(isolated).join(', ')}`
      }
      aria-describedby={describedBy}
    >
      {label}
    </button>
  )
}

export function ButtonForm(
  props: SubmitProps & { action: string; shown?: Record<string, string | undefined> },
) {
  const { action, shown = {}, ...button } = props
  return (
    <Form action={action} shown={shown}>
      <Submit {...button} />
    </Form>
  )
}
