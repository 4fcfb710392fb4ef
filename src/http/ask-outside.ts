/**
 * Fetches from an outside server. Redirects are not followed.
 * @param limits of the whole exchange, and of the reply's body
 * @throws {Error} if the server does not reply, takes too long, redirects, or sends too much
 */
export async function askOutside(
  url: URL | string,
  init: RequestInit,
  limits: { milliseconds: number; bytes: number },
): Promise<Response> {
  const reply = await fetch(url, {
    ...init,
    redirect: 'manual',
    signal: AbortSignal.timeout(limits.milliseconds),
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
    if (size > limits.bytes) throw new Error('answers too much')
    chunks.push(chunk)
  }
  const hasBody = status !== 204 && status !== 205
  return new Response(hasBody ? new Blob(chunks) : null, { status, headers })
}
