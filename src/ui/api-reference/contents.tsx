import { type Call, idOf } from './description.ts'

/** The links to everything on the page. */
export function Contents({ parts, objects }: { parts: Map<string, Call[]>; objects: string[] }) {
  return (
    <nav aria-label="Contents">
      <a href="#use">How to call it</a>
      {[...parts].map(([part, calls]) => (
        <>
          <a href={`#${idOf(part)}`}>{part}</a>
          <ul class="plain">
            {calls.map(({ operationId, method, path }) => (
              <li>
                <a href={`#${operationId}`}>
                  <span class="method">{method}</span> {withoutBase(path)}
                </a>
              </li>
            ))}
          </ul>
        </>
      ))}
      <a href="#objects">Objects</a>
      <ul class="plain">
        {objects.map((name) => (
          <li>
            <a href={`#${name}`}>{name}</a>
          </li>
        ))}
      </ul>
    </nav>
  )
}

function withoutBase(path: string): string {
  return path.replace(/^\/(api\/rest|operator)\/v1/, '')
}
