import { randomUUID } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as wait } from 'node:timers/promises'

/**
 * The address of a service, and the id by which it proves that it is this service: another program may have the port.
 */
export interface RunningService {
  origin: string
  startId: string
}

const LOCKED = 5
const ASKED_AGAIN_MS = 200
const ANSWER_LIMIT_MS = 5_000

export function newStartId(): string {
  return randomUUID()
}

/** Kept referenced, because a collected lock is released. */
const held: DatabaseSync[] = []

/**
 * Locks a state folder until this process ends, because two services on the same files would corrupt them. The
 * operating system holds the lock, so a killed command leaves none. Returns the service that runs on the folder, or
 * null once the folder is locked. Waits for a moment for a command that uses the folder.
 */
export async function lockFolder(stateFolder: string): Promise<RunningService | null> {
  const lock = new DatabaseSync(join(stateFolder, 'lock'))
  held.push(lock)
  for (;;) {
    const isLocked = takeLock(lock)
    const running = await runningOn(stateFolder)
    if (running) {
      lock.close()
      return running
    }
    if (isLocked) return null
    await wait(ASKED_AGAIN_MS)
  }
}

function takeLock(lock: DatabaseSync): boolean {
  try {
    lock.exec('BEGIN EXCLUSIVE')
    return true
  } catch (error) {
    if ((error as { errcode?: number }).errcode !== LOCKED) throw error
    return false
  }
}

export function noteRunning(stateFolder: string, service: RunningService): void {
  writeFileSync(join(stateFolder, 'running.json'), JSON.stringify(service))
}

/** Returns the service that runs on a state folder; null if there is none that others can use. */
async function runningOn(stateFolder: string): Promise<RunningService | null> {
  const noted = readNote(stateFolder)
  return noted && (await isItself(noted)) ? noted : null
}

function readNote(stateFolder: string): RunningService | null {
  try {
    const { origin, startId } = JSON.parse(readFileSync(join(stateFolder, 'running.json'), 'utf8'))
    return { origin: String(origin), startId: String(startId) }
  } catch {
    return null
  }
}

/** Whether this service, and not another one, replies at its address. */
export async function isItself({ origin, startId }: RunningService): Promise<boolean> {
  try {
    const signal = AbortSignal.timeout(ANSWER_LIMIT_MS)
    const reply = await fetch(`${origin}/local/start`, { redirect: 'error', signal })
    const { id } = (await reply.json()) as { id?: unknown }
    return id === startId
  } catch {
    return false
  }
}
