import type { Schema } from './description.ts'

/** What a value is, in words: `integer or null`, `list of User`, `"ok" or "failing"`. */
export function SchemaText({ schema }: { schema: Schema }) {
  if (schema.$ref) return <ObjectLink name={nameOf(schema.$ref)} />
  if (schema.anyOf) return <Either schemas={schema.anyOf} />
  if (schema.items)
    return (
      <>
        list of <SchemaText schema={schema.items} />
      </>
    )
  return <>{wordsFor(schema)}</>
}

function Either({ schemas }: { schemas: Schema[] }) {
  return schemas.map((schema, index) => (
    <>
      {index > 0 && ' or '}
      <SchemaText schema={schema} />
    </>
  ))
}

function ObjectLink({ name }: { name: string }) {
  return <a href={`#${name}`}>{name}</a>
}

function wordsFor({ type, format, enum: values }: Schema): string {
  if (values) return values.map((value) => JSON.stringify(value)).join(' or ')
  if (format === 'date-time') return 'date and time'
  return [type ?? 'anything'].flat().join(' or ')
}

function nameOf(ref: string): string {
  return ref.slice(ref.lastIndexOf('/') + 1)
}
