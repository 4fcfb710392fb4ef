/** Embeddings, overrides and isolates (UAX 9 §2): each turns round what follows it on the line. */
const BIDI_CONTROLS = /[\u202a-\u202e\u2066-\u2069]/gu

/** What may turn a line round, or only looks as if: the letters of Latin and what all scripts share do not. */
const TURNING = /[^\p{Script=Latin}\p{Script=Common}\p{Script=Inherited}]|\p{Bidi_Control}/u

/** A text without what turns the rest of a line round: of strangers, who are not asked to write it again. */
export function withoutBidiControls(text: string): string {
  return text.replaceAll(BIDI_CONTROLS, '')
}

export function hasBidiControls(text: string): boolean {
  return withoutBidiControls(text) !== text
}

/** A name as it is put into a sentence: one from right to left leaves the words around it where they are. */
export function isolated(text: string): string {
  const plain = withoutBidiControls(text)
  return TURNING.test(plain) ? `\u2068${plain}\u2069` : plain
}
