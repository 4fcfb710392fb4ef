import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { bundleWorker } from '../../../src/cli/bundle.ts'
import { launchBrowser } from './browser.ts'
import { prepare } from './bundled-worker.ts'

/** Below the range of outgoing connections, so that none of them takes a port first. */
const FIRST_PORT = 20_000
const LAST_PORT = 32_000

/**
 * What all files of a run share, created at its first use: a bundle of each entry, prepared stores, one browser, and
 * ports. Vitest's workers are processes, so they ask over HTTP.
 */
export default async function openWorkshop(project: TestProject) {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-workshop-'))
  const made = new Map<string, Promise<unknown>>()
  let browser: ReturnType<typeof launchBrowser> | undefined
  let runs = 0
  // Runs that overlap on this machine start at different ports.
  let port = FIRST_PORT + Math.floor(Math.random() * (LAST_PORT - FIRST_PORT))

  /** The next free port; each is given out once. */
  async function nextPort(): Promise<number> {
    do port = port < LAST_PORT ? port + 1 : FIRST_PORT
    while (!(await isFree(port, '127.0.0.1')) || !(await isFree(port, '::1')))
    return port
  }

  function folderFor(name: string): string {
    const path = join(folder, `${runs}-${name.replaceAll('/', '-')}`)
    mkdirSync(path)
    return path
  }

  async function make(what: string): Promise<unknown> {
    if (what === 'browser') {
      browser ??= launchBrowser()
      return (await browser).wsEndpoint()
    }
    if (what === 'prepared') return prepare(folderFor(what))
    return bundleWorker(what, folderFor(what))
  }

  function once(what: string): Promise<unknown> {
    const known = made.get(what) ?? make(what)
    made.set(what, known)
    return known
  }

  const server = createServer(async (request, reply) => {
    const what = decodeURIComponent(request.url?.slice(1) ?? '')
    try {
      reply.end(JSON.stringify(await (what === 'port' ? nextPort() : once(what))))
    } catch (error) {
      reply.writeHead(500).end(`${what} could not be made: ${error}`)
    }
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  project.provide('workshop', `http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  // In watch mode, the sources have changed before each further run.
  project.onTestsRerun(() => {
    made.clear()
    runs++
  })
  return async () => {
    server.closeAllConnections()
    server.close()
    await (await browser)?.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Whether a port is free; so is one of an address that the machine does not have. */
function isFree(port: number, host: string): Promise<boolean> {
  const server = createServer()
  return new Promise((resolve) => {
    server.once('error', ({ code }: NodeJS.ErrnoException) => resolve(code !== 'EADDRINUSE'))
    server.listen(port, host, () => server.close(() => resolve(true)))
  })
}
