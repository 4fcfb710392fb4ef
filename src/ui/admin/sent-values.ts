import type * as z from 'zod'
import { clearableLines, clearableText } from '../../http/check-parameters.ts'
import type { FieldKind } from '../setting-field.tsx'

interface Offered {
  name: string
  kind: FieldKind
}

/** The route parameters for a form's fields. */
export function fieldParameters(offered: Offered[]): Record<string, z.ZodOptional<z.ZodString>> {
  const schemas = offered.map(({ name, kind }) => [
    name,
    kind === 'lines' ? clearableLines(8_192).optional() : clearableText(2_048).optional(),
  ])
  return Object.fromEntries(schemas)
}

/** The values that a form sent, as its fields show them. Browsers do not send boxes that are not checked. */
export function sentValues(
  offered: Offered[],
  sent: Record<string, unknown>,
): Record<string, string> {
  const values = offered.map(({ name, kind }) => {
    const text = String(sent[name] ?? '').replaceAll('\r\n', '\n')
    return [name, asShown(kind, text)]
  })
  return Object.fromEntries(values)
}

function asShown(kind: FieldKind, text: string): string {
  if (kind === 'flag') return String(text === 'true')
  if (kind === 'inverse-flag') return String(text !== 'false')
  return text.trim()
}
