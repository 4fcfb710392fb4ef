import { type Call, problemsOf, sentence } from './description.ts'
import { ExampleBlock } from './example-block.tsx'
import type { Example } from './examples.ts'
import { type Field, FieldList, fieldsOf } from './field-list.tsx'
import { SchemaText } from './schema-text.tsx'

interface Shown {
  call: Call
  /** Errors told of once for all calls. */
  everywhere: readonly string[]
  example: Example | undefined
  origin: string
}

/** One call: who may make it, what it takes, and what it answers. */
export function CallSection({ call, everywhere, example, origin }: Shown) {
  const parameters = parametersOf(call)
  const titleId = `${call.operationId}-title`
  return (
    <section id={call.operationId} aria-labelledby={titleId}>
      <h3 id={titleId}>
        <code>
          <span class="method">{call.method}</span> {call.path}
        </code>
      </h3>
      <p>
        {sentence(call.summary)} <span class="who">{whoMay(call)}</span>
      </p>
      {parameters.length > 0 && (
        <>
          <h4>Parameters</h4>
          <FieldList fields={parameters} />
        </>
      )}
      {example && (
        <>
          <h4>Example</h4>
          <ExampleBlock example={example} origin={origin} />
        </>
      )}
      <h4>Replies</h4>
      <Replies call={call} everywhere={everywhere} />
    </section>
  )
}

function Replies({ call, everywhere }: { call: Call; everywhere: readonly string[] }) {
  const problems = problemsOf(call)
  return (
    <dl class="fields">
      {Object.entries(call.responses).map(([status, { description, content = {} }]) => {
        const types = problems.get(status)
        const own = types?.filter((type) => !everywhere.includes(type)) ?? []
        if (types && own.length === 0) return null
        return (
          <div>
            <dt>{status}</dt>
            <dd>
              {types ? <Types types={own} /> : <Success text={description} content={content} />}
            </dd>
          </div>
        )
      })}
    </dl>
  )
}

function Success({
  text,
  content,
}: {
  text: string
  content: NonNullable<Call['responses'][string]['content']>
}) {
  const [schema] = Object.values(content).map((each) => each.schema)
  return (
    <>
      {text}
      {schema?.$ref && (
        <>
          : <SchemaText schema={schema} />
        </>
      )}
    </>
  )
}

export function Types({ types }: { types: readonly string[] }) {
  return (
    <ul class="plain">
      {types.map((type) => (
        <li>
          <code>{type}</code>
        </li>
      ))}
    </ul>
  )
}

function parametersOf({ parameters = [], requestBody }: Call): Field[] {
  const body = requestBody?.content?.['application/json']?.schema
  const outside = parameters.map(({ name, schema, required, in: place }) => ({
    name,
    schema,
    note: place === 'path' ? 'in the path' : required ? 'required' : '',
  }))
  return [...outside, ...(body ? fieldsOf(body, { required: 'required', optional: '' }) : [])]
}

function whoMay({ security }: Call): string {
  const names = security.flatMap((scheme) => Object.keys(scheme))
  if (names.includes('operatorToken')) return 'For the operator.'
  if (names.includes('serviceToken')) return 'For a service: X-Latchkey-Service.'
  if (names.includes('sessionString'))
    return names.includes('apiKey') ? 'For a session or API key.' : 'For a session.'
  return names.includes('apiKey') ? 'For an API key.' : 'For anyone.'
}
