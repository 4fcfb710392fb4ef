import type * as z from 'zod'
import { clearableLines, clearableText } from '../../http/check-parameters.ts'
import { localTime, momentOf } from '../../http/local-time.ts'
import { needsLogIn, Problem } from '../../http/problem.ts'
import { fill } from '../../messages/messages.ts'
import { type FieldKind, type Options, SettingField } from '../fields.tsx'
import { useTimeZone } from '../language.ts'
import { useAdminMessages } from './messages.ts'

/** A setting that a form offers. */
export interface Offered<Name extends string = string, Group extends string = string> {
  name: Name
  group: Group
  kind: FieldKind
}

/** The settings of a form in order, from how it shows each, and in which group. */
export function offeredOf<Name extends string, Group extends string>(
  fields: Record<Name, [Group, FieldKind]>,
): Offered<Name, Group>[] {
  return Object.entries<[Group, FieldKind]>(fields).map(([name, [group, kind]]) => ({
    name: name as Name,
    group,
    kind,
  }))
}

/** The route parameters for a form's fields. */
export function fieldParameters<Name extends string>(offered: Offered<Name>[]) {
  const schemas = offered.map(({ name, kind }) => [
    name,
    kind === 'lines' ? clearableLines(8_192).optional() : clearableText(2_048).optional(),
  ])
  return Object.fromEntries(schemas) as Record<Name, z.ZodOptional<z.ZodString>>
}

/** The fields' values for an object of the API, with times in the reader's time zone. */
export function shownValues<Name extends string>(
  offered: Offered<Name>[],
  view: Partial<Record<Name, unknown>>,
  timeZone: string | null,
): Record<Name, string> {
  const values = offered.map(({ name, kind }) => {
    const text = String(view[name] ?? '')
    const isTime = kind === 'moment' && text !== ''
    return [name, isTime ? localTime(Date.parse(text), timeZone).slice(0, 16) : text]
  })
  return Object.fromEntries(values) as Record<Name, string>
}

/** The values that a form sent, as its fields show them. Browsers do not send boxes that are not checked. */
export function sentValues<Name extends string>(
  offered: Offered<Name>[],
  sent: Partial<Record<Name, unknown>>,
): Record<Name, string> {
  const values = offered.map(({ name, kind }) => {
    const text = String(sent[name] ?? '').replaceAll('\r\n', '\n')
    return [name, asShown(kind, text)]
  })
  return Object.fromEntries(values) as Record<Name, string>
}

function asShown(kind: FieldKind, text: string): string {
  if (kind === 'flag') return String(text === 'true')
  if (kind === 'inverse-flag') return String(text !== 'false')
  return text.trim()
}

/**
 * The fields that were edited, as the API takes them. Those that were not keep their exact values, such as the seconds
 * of a time.
 */
export function editedFields<Name extends string>(
  offered: Offered<Name>[],
  { values, shown }: { values: Record<Name, string>; shown: Record<Name, string> },
  timeZone: string | null,
): Partial<Record<Name, string>> {
  const edited = offered.filter(({ name }) => values[name] !== shown[name])
  const texts = edited.map(({ name, kind }) => {
    const moment = kind === 'moment' ? momentOf(values[name], timeZone) : Number.NaN
    return [name, Number.isNaN(moment) ? values[name] : new Date(moment).toISOString()]
  })
  return Object.fromEntries(texts) as Partial<Record<Name, string>>
}

/** The fields of a form, in their groups. */
export function SettingFields<Name extends string, Group extends string>(props: {
  offered: Offered<Name, Group>[]
  legends: Record<Group, string>
  texts: Record<Name, { label: string; hint: string }>
  /** The options of each choice. */
  options: Partial<Record<Name, Options>>
  values: Record<Name, string>
  /** The settings that were refused. */
  wrong: string[]
  areNumbersRequired?: boolean
}) {
  const { offered, legends, texts, options, values, wrong, areNumbersRequired = false } = props
  const zone = fill(useAdminMessages().user.inZone, { zone: useTimeZone() ?? 'UTC' })
  return (
    <>
      {[...new Set(offered.map(({ group }) => group))].map((group) => (
        <fieldset>
          <legend>{legends[group]}</legend>
          {offered
            .filter((setting) => setting.group === group)
            .map(({ name, kind }) => (
              <SettingField
                id={name}
                kind={kind}
                label={texts[name].label}
                hint={kind === 'moment' ? `${texts[name].hint} ${zone}` : texts[name].hint}
                value={values[name]}
                options={options[name] ?? []}
                isRequired={areNumbersRequired && kind === 'number'}
                isWrong={wrong.includes(name)}
              />
            ))}
        </fieldset>
      ))}
    </>
  )
}

/**
 * Returns a problem that the page shows itself. @throws the others: a login that is needed, and missing or broken
 * pages
 */
export function shownProblem(error: unknown): Problem {
  const isShown = error instanceof Problem && error.status < 500 && error.status !== 404
  if (isShown && !needsLogIn(error)) return error
  throw error
}

/** What a form of settings shows again after a refusal. @throws what shownProblem throws */
export function refusedForm<Values>(
  error: unknown,
  values: Values,
  labels: Record<string, { label: string }>,
) {
  const problem = shownProblem(error)
  const { modelErrors, values: named } = problem.details
  const wrong = [...Object.keys(modelErrors ?? {}), named?.name ?? '']
  return { problem: withFieldLabel(problem, labels), values, wrong }
}

/** Names an invalid value by the label of its field instead of its API name. */
function withFieldLabel(problem: Problem, labels: Record<string, { label: string }>): Problem {
  const label = labels[problem.details.values?.name ?? '']?.label
  return label === undefined ? problem : new Problem(problem.type, { values: { name: label } })
}
