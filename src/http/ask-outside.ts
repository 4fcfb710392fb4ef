/** What a server outside may cost. */
export interface AskLimits {
  /** Of the whole exchange. */
  milliseconds: number
  /** Of the body of its reply. */
  bytes: number
}

/**
 * Fetches from a server that is not ours: no redirect is followed, and time and memory are bounded, whoever
 * answers.
 * @throws {Error} when it does not answer, takes too long, leads elsewhere, or answers too much
 */
export async function askOutside(
  url: URL | string,
  init: RequestInit,
  { milliseconds, bytes }: AskLimits,
): Promise<Response> {
  const reply = await fetch(url, {
    ...init,
    redirect: 'manual',
    signal: AbortSignal.timeout(milliseconds),
  })
  const { status, headers } = reply
  if (status >= 300 && status < 400) {
    await reply.body?.cancel()
    throw new Error(`leads elsewhere, with ${status}`)
  }
  const chunks: Uint8Array<ArrayBuffer>[] = []
  let size = 0
  for await (const chunk of reply.body ?? []) {
    size += chunk.byteLength
    if (size > bytes) throw new Error('answers too much')
    chunks.push(chunk)
  }
  const hasBody = status !== 204 && status !== 205
  return new Response(hasBody ? new Blob(chunks) : null, { status, headers })
}
