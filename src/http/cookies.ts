/** The value of a cookie; null where it was not sent. */
export function cookieNamed(headers: Headers, name: string): string | null {
  for (const pair of (headers.get('Cookie') ?? '').split(';')) {
    const [key = '', ...value] = pair.split('=')
    if (key.trim() === name) return value.join('=').trim() || null
  }
  return null
}
