import { type Schema, sentence } from './description.ts'
import { SchemaText } from './schema-text.tsx'

export interface Field {
  name: string
  schema: Schema
  /** Such as `required`. */
  note: string
}

/** Parameters, or the members of an object. */
export function FieldList({ fields }: { fields: Field[] }) {
  return (
    <dl class="fields">
      {fields.map(({ name, schema, note }) => (
        <div>
          <dt>
            <code>{name}</code>
          </dt>
          <dd>
            <span class="type">
              <SchemaText schema={schema} />
              {note !== '' && `, ${note}`}
            </span>
            {schema.description && `: ${sentence(schema.description)}`}
          </dd>
        </div>
      ))}
    </dl>
  )
}

/** The members of an object, with what is noted of those that are always there, and of the others. */
export function fieldsOf(
  { properties = {}, required = [] }: Schema,
  noted: { required: string; optional: string },
): Field[] {
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    schema,
    note: required.includes(name) ? noted.required : noted.optional,
  }))
}
