/**
 * The form in which usernames and mail addresses are compared: NFC, lower case. `Jané` and `JANE\u0301`
 * are one name.
 */
export function comparableName(name: string): string {
  return name.normalize('NFC').toLowerCase().normalize('NFC')
}

/**
 * Whether a name can be somebody's: nothing in it that nobody sees, no letter that stands for others (NFKC), so
 * that no name looks just like another one's, and no dot segment, which would vanish from an address
 * (RFC 3986 §5.2.4).
 */
export function isWellFormed(username: string): boolean {
  const isSeen = username === username.trim() && username !== '' && !UNSEEN.test(username)
  const isPlain = username.normalize('NFKC') === username.normalize('NFC')
  return isSeen && isPlain && username.isWellFormed() && !/^\.\.?$/.test(username)
}

/** Control and format characters, separators of lines, and what no standard gives a look. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}]/u

/** Whether a name has the form of a mail address, which nobody may take but its verified owner. */
export function looksLikeAddress(name: string): boolean {
  return name.includes('@')
}
