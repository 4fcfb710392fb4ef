import { parsePhoneNumberFromString } from 'libphonenumber-js/min'

/** A phone number that can receive text messages. */
export interface PhoneNumber {
  /** E.164, such as +4930123456. */
  number: string
  /** ISO 3166-1, such as DE; null if several countries share the code and the number does not say. */
  country: string | null
  /** The national notation. */
  national: string
}

/** Reads a number with a country code. @returns null if it is invalid */
export function parsePhoneNumber(text: string): PhoneNumber | null {
  const parsed = parsePhoneNumberFromString(text)
  if (!parsed?.isValid()) return null
  return {
    number: parsed.number,
    country: parsed.country ?? null,
    national: parsed.formatNational(),
  }
}
