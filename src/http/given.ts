type Given<Values> = { [Name in keyof Values]?: Exclude<Values[Name], undefined> }

/** Returns an object without what is undefined. */
export function given<Values extends object>(values: Values): Given<Values> {
  const known = Object.entries(values).filter(([, value]) => value !== undefined)
  return Object.fromEntries(known) as Given<Values>
}
