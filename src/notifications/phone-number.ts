/** A phone number that can receive text messages. */
interface PhoneNumber {
  /** E.164, such as +4930123456. */
  number: string
  /** ISO 3166-1, such as DE; null if several countries share the code and the number does not say. */
  country: string | null
  /** The national notation. */
  national: string
}

/**
 * Reads a number with a country code. The library's tables are slow to load, so they are loaded at the first use.
 * @returns null if it is invalid
 */
export async function readPhoneNumber(text: string): Promise<PhoneNumber | null> {
  const { parsePhoneNumberFromString } = await import('libphonenumber-js/min')
  const parsed = parsePhoneNumberFromString(text)
  if (!parsed?.isValid()) return null
  const { number, country = null } = parsed
  return { number, country, national: parsed.formatNational() }
}
