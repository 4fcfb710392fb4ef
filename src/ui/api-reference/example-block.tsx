import type { Example } from './examples.ts'

/** A command to copy, and what it prints. */
export function ExampleBlock({ example, origin }: { example: Example; origin: string }) {
  const { command, reply, keep = {} } = example
  return (
    <>
      <pre>
        <code class="command">{command.replaceAll('ORIGIN', origin)}</code>
      </pre>
      {reply !== undefined && (
        <pre>
          <samp>{JSON.stringify(reply, null, 2)}</samp>
        </pre>
      )}
      {Object.entries(keep).map(([variable, member]) => (
        <p>
          Keep <code>{member}</code> of the reply as <code>{variable}</code>.
        </p>
      ))}
    </>
  )
}
