/** What forms, queries and files call true and false, in any letter case; null for anything else. */
export function readBoolean(text: string): boolean | null {
  const word = text.trim().toLowerCase()
  if (['true', '1', 'on', 'yes'].includes(word)) return true
  return ['false', '0', 'off', 'no'].includes(word) ? false : null
}
