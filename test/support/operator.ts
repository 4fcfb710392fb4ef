import type { Answer, Service } from './service.ts'

/** Calls the operator API of a service with its operator token. */
export function operatorOf(service: Service) {
  return (
    method: string,
    path: string,
    body?: Record<string, unknown>,
    others: Record<string, string> = {},
  ): Promise<Answer> => {
    const headers = { Authorization: `Bearer ${service.env.OPERATOR_TOKEN}`, ...others }
    return service.ask(method, `/operator/v1${path}`, { headers, ...(body && { body }) })
  }
}

/** Reads a list to its end, page by page. */
export async function readPages(
  ask: ReturnType<typeof operatorOf>,
  path: string,
  perPage: number,
): Promise<Answer['body'][]> {
  const pages = []
  for (let cursor: string | null = ''; cursor !== null; ) {
    const { body, headers } = await ask('GET', `${path}&per_page=${perPage}&cursor=${cursor}`)
    pages.push(body)
    cursor = headers.get('X-Files-Cursor')
  }
  return pages
}
