import { CallSection } from './call-section.tsx'
import { Contents } from './contents.tsx'
import {
  type ApiDescription,
  callsByPart,
  idOf,
  problemsEverywhere,
  type Schema,
} from './description.ts'
import { examples } from './examples.ts'
import { FieldList, fieldsOf } from './field-list.tsx'
import { Introduction } from './introduction.tsx'
import { SchemaText } from './schema-text.tsx'

export const STYLE_PATH = '/docs/style.css'

/** The API reference, made of the description that the service gives of itself. */
export function ReferencePage({
  description,
  origin,
}: {
  description: ApiDescription
  origin: string
}) {
  const { info, components } = description
  const parts = callsByPart(description)
  const everywhere = problemsEverywhere([...parts.values()].flat())
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>{`${info.title}: API reference`}</title>
        <link rel="icon" href="/ui/icon.svg" type="image/svg+xml" />
        <link rel="stylesheet" href={STYLE_PATH} />
      </head>
      <body>
        <a class="skip" href="#reference">
          Skip the contents
        </a>
        <header>
          <h1>{info.title}: API reference</h1>
          <p>{info.description}</p>
        </header>
        <Contents parts={parts} objects={Object.keys(components.schemas)} />
        <main id="reference">
          <Introduction origin={origin} everywhere={everywhere} />
          {[...parts].map(([part, calls]) => (
            <section aria-labelledby={idOf(part)}>
              <h2 id={idOf(part)}>{part}</h2>
              {calls.map((call) => (
                <CallSection
                  call={call}
                  everywhere={everywhere}
                  example={examples.find(({ operationId }) => operationId === call.operationId)}
                  origin={origin}
                />
              ))}
            </section>
          ))}
          <section aria-labelledby="objects">
            <h2 id="objects">Objects</h2>
            {Object.entries(components.schemas).map(([name, schema]) => (
              <ObjectSection name={name} schema={schema} />
            ))}
          </section>
        </main>
      </body>
    </html>
  )
}

function ObjectSection({ name, schema }: { name: string; schema: Schema }) {
  const noted = { required: '', optional: 'optional' }
  return (
    <section aria-labelledby={name}>
      <h3 id={name}>{name}</h3>
      {schema.items ? (
        <p>
          <SchemaText schema={schema} />
        </p>
      ) : (
        <FieldList fields={fieldsOf(schema, noted)} />
      )}
    </section>
  )
}
