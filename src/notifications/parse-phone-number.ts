import { parsePhoneNumberFromString } from 'libphonenumber-js/min'

/** A telephone number that can be texted. */
export interface PhoneNumber {
  /** E.164, such as +4930123456. */
  number: string
  /** ISO 3166-1, such as DE; null where the code is of several countries and the number tells none. */
  country: string | null
  /** As it is written there. */
  national: string
}

/** Reads a number with its country's code. @returns null for what is none */
export function parsePhoneNumber(text: string): PhoneNumber | null {
  const parsed = parsePhoneNumberFromString(text)
  if (!parsed?.isValid()) return null
  return {
    number: parsed.number,
    country: parsed.country ?? null,
    national: parsed.formatNational(),
  }
}
