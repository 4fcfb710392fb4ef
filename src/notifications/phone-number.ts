import type { PhoneNumber } from './parse-phone-number.ts'

/**
 * Reads a number with its country's code. The library's tables take time to read: only who texts waits for
 * them.
 * @returns null for what is none
 */
export async function readPhoneNumber(text: string): Promise<PhoneNumber | null> {
  const { parsePhoneNumber } = await import('./parse-phone-number.ts')
  return parsePhoneNumber(text)
}
