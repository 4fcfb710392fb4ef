/**
 * Returns a function that makes records of the same keys, given their values in order. V8 copies a record several times
 * faster than it adds the keys one by one.
 */
export function recordsOf<Key extends string>(
  keys: readonly Key[],
): <Value>(values: readonly Value[]) => Record<Key, Value> {
  // Parsing gives the copied record the form that V8 reads fastest.
  const empty = JSON.parse(JSON.stringify(Object.fromEntries(keys.map((key) => [key, null]))))
  return (values) => {
    const record = { ...empty }
    for (let index = 0; index < keys.length; index++) record[keys[index] as Key] = values[index]
    return record
  }
}
