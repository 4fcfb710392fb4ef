/** The limits of a request to an outside server. */
interface AskLimits {
  /** For the whole exchange. */
  milliseconds: number
  /** For the reply's body. */
  bytes: number
}

/**
 * Fetches from an outside server. Redirects are not followed, and time and size are limited.
 * @throws {Error} if the server does not reply, takes too long, redirects, or sends too much
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
