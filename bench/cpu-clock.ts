import { readdirSync, readFileSync } from 'node:fs'

/** The workerd that this process started last. */
export function workerdProcess(): number {
  const children = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      const [, command, parent] = /\((.*)\) \S (\d+)/s.exec(readStat(pid)) ?? []
      return command === 'workerd' && Number(parent) === process.pid
    })
  const newest = children.at(-1)
  if (newest === undefined) throw new Error('workerd does not run')
  return newest
}

/** Milliseconds of CPU that a process has used: other processes of the machine do not count. */
export function cpuMilliseconds(pid: number): number {
  const nanoseconds = readdirSync(`/proc/${pid}/task`).map((task) =>
    Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ')[0]),
  )
  return nanoseconds.reduce((sum, one) => sum + one, 0) / 1e6
}

/** MiB of memory that a process holds. */
export function residentMemory(pid: number): number {
  const [, kibibytes] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Number(kibibytes) / 1_024
}

function readStat(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8')
  } catch {
    return ''
  }
}
