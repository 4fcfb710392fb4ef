/** Embeddings, overrides and isolates (UAX 9 §2), which reorder the text that follows on the line. */
const BIDI_CONTROLS = /[\u202a-\u202e\u2066-\u2069]/gu

/** Characters that may reorder a line. Latin letters and characters shared by all scripts do not. */
const TURNING = /[^\p{Script=Latin}\p{Script=Common}\p{Script=Inherited}]|\p{Bidi_Control}/u

/** Removes characters that reorder the rest of a line, from text whose author is not asked to correct it. */
export function withoutBidiControls(text: string): string {
  return text.replaceAll(BIDI_CONTROLS, '')
}

export function hasBidiControls(text: string): boolean {
  return withoutBidiControls(text) !== text
}

/** Isolates a name in a sentence, so that a right-to-left name does not reorder the text around it. */
export function isolated(text: string): string {
  const plain = withoutBidiControls(text)
  return TURNING.test(plain) ? `\u2068${plain}\u2069` : plain
}
