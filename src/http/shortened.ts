const encoder = new TextEncoder()

/** Returns the start of a text, at most `longest` bytes of UTF-8, cut between characters as people see them. */
export function shortened(text: string, longest: number): string {
  if (byteLength(text) <= longest) return text
  // A single character with a hundred accents is cut too.
  return beginningOf(graphemesOf(text), longest) || beginningOf([...text], longest)
}

export function byteLength(text: string): number {
  return encoder.encode(text).length
}

function beginningOf(parts: string[], longest: number): string {
  let beginning = ''
  for (const part of parts) {
    if (byteLength(beginning + part) > longest) break
    beginning += part
  }
  return beginning
}

function graphemesOf(text: string): string[] {
  return Array.from(new Intl.Segmenter().segment(text), ({ segment }) => segment)
}
