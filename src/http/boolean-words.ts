/** Reads the words for true and false in forms, queries and files, in any letter case; null for others. */
export function readBoolean(text: string): boolean | null {
  const word = text.trim().toLowerCase()
  if (['true', '1', 'on', 'yes'].includes(word)) return true
  return ['false', '0', 'off', 'no'].includes(word) ? false : null
}
