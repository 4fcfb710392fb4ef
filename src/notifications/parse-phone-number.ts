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

/** Imported by name, so that the bundle leaves out what is not used of the library. @returns null if it is invalid */
export function parsePhoneNumber(text: string): PhoneNumber | null {
  const parsed = parsePhoneNumberFromString(text)
  if (!parsed?.isValid()) return null
  return {
    number: parsed.number,
    country: parsed.country ?? null,
    national: parsed.formatNational(),
  }
}
