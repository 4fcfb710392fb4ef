import { Types } from './call-section.tsx'
import { ExampleBlock } from './example-block.tsx'
import { refusalExample, shellVariables } from './examples.ts'

/** What holds of every call. */
export function Introduction({
  origin,
  everywhere,
}: {
  origin: string
  everywhere: readonly string[]
}) {
  return (
    <section aria-labelledby="use">
      <h2 id="use">How to call it</h2>
      <p>
        Send parameters as JSON or as a form; with GET and DELETE, in the query. Replies are JSON.
        Programs find the same at <a href="/openapi.json">openapi.json</a>.
      </p>
      <p>
        A log in answers a session. Calls for a session take its <code>token</code> as{' '}
        <code>Authorization: Bearer</code>, or the string that official SDKs are given as its{' '}
        <code>id</code>, as <code>X-FilesAPI-Auth</code>. Calls for the operator take the operator’s
        token as <code>Authorization: Bearer</code>.
      </p>
      <p>
        The examples are for a shell in which {shellVariables.join(', ')} are set, and go on from
        each other.
      </p>
      <h3>Errors</h3>
      <p>
        Every refusal is a <a href="#Problem">Problem</a>. Its <code>type</code> is for programs,
        and the same in every language; by its <code>instance</code> the operator finds the request
        in the log.
      </p>
      <ExampleBlock example={refusalExample} origin={origin} />
      <p>Any call may answer:</p>
      <Types types={everywhere} />
    </section>
  )
}
