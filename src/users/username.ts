/**
 * The form in which usernames and mail addresses are compared: NFC, lower case. `Jané` and `JANE\u0301`
 * are one name.
 */
export function comparableName(name: string): string {
  return name.normalize('NFC').toLowerCase().normalize('NFC')
}

/**
 * Whether a name can be somebody's: no space around it that nobody sees, and no dot segment, which
 * would vanish from an address (RFC 3986 §5.2.4).
 */
export function isWellFormed(username: string): boolean {
  return username === username.trim() && username !== '' && !/^\.\.?$/.test(username)
}

/** Whether a name has the form of a mail address, which nobody may take but its verified owner. */
export function looksLikeAddress(name: string): boolean {
  return name.includes('@')
}
