import type { RawParameters } from './read-parameters.ts'

/** The names of a path's parameters: `/users/:username` → username. */
export function pathParameterNames(path: string): string[] {
  return [...path.matchAll(/:(\w+)/g)].map(([, name = '']) => name)
}

/** A path as OpenAPI writes it: `/users/{username}`. */
export function templatedPath(path: string): string {
  return path.replaceAll(/:(\w+)/g, '{$1}')
}

/** Adds the parameters in the path. They take precedence over body and query, because SDKs repeat them there. */
export function withPathParameters(
  raw: RawParameters,
  inPath: Record<string, string>,
): RawParameters {
  const values = Object.entries(raw.values).filter(([name]) => !Object.hasOwn(inPath, name))
  return { texts: { ...raw.texts, ...inPath }, values: Object.fromEntries(values) }
}
