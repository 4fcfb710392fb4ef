import type { Runtime } from './runtime.ts'

/** A DevTools session with one Worker's isolate. */
export interface Inspector {
  // biome-ignore lint/suspicious/noExplicitAny: what the DevTools protocol answers is not typed here
  send(method: string, parameters?: object): Promise<any>
  close(): void
}

/** Opens the inspector of a runtime that was started with an inspector port. */
export async function openInspector(runtime: Runtime, worker: string): Promise<Inspector> {
  const { host } = await runtime.miniflare.getInspectorURL()
  const socket = new WebSocket(`ws://${host}/core:user:${worker}`)
  const waiting = new Map<number, (result: unknown) => void>()
  socket.onmessage = ({ data }) => {
    const { id, result } = JSON.parse(data)
    waiting.get(id)?.(result)
    waiting.delete(id)
  }
  await new Promise((resolve, reject) => {
    socket.onopen = resolve
    socket.onerror = reject
  })
  let last = 0
  return {
    send: (method, parameters = {}) =>
      new Promise((resolve) => {
        last++
        waiting.set(last, resolve)
        socket.send(JSON.stringify({ id: last, method, params: parameters }))
      }),
    close: () => socket.close(),
  }
}
