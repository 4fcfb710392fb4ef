import type { PhoneNumber } from './parse-phone-number.ts'

/**
 * Reads a number with a country code. The library's tables are slow to load, so they are loaded at the first use.
 * @returns null if it is invalid
 */
export async function readPhoneNumber(text: string): Promise<PhoneNumber | null> {
  const { parsePhoneNumber } = await import('./parse-phone-number.ts')
  return parsePhoneNumber(text)
}
