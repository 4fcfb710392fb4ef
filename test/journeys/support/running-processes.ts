import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'

export interface RunningProcess {
  name: string
  /** The id of its process group. */
  group: number
}

/** Every process of this machine except zombies. */
export function runningProcesses(): RunningProcess[] {
  const listed = existsSync('/proc/self/stat') ? fromProc() : fromPs()
  return listed
    .filter(({ state }) => !state.startsWith('Z'))
    .map(({ name, group }) => ({ name, group }))
}

type Listed = RunningProcess & { state: string }

/** For Linux without `ps`: proc(5), `/proc/<pid>/stat`. */
function fromProc(): Listed[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .flatMap((pid) => {
      const [, name = '', state = '', group] =
        /^\d+ \((.*)\) (\S) \d+ (\d+)/s.exec(statOf(pid)) ?? []
      return group ? [{ name, state, group: Number(group) }] : []
    })
}

function statOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8')
  } catch {
    return ''
  }
}

function fromPs(): Listed[] {
  const table = execFileSync('ps', ['-A', '-o', 'pgid=,stat=,comm='], { encoding: 'utf8' })
  return table.split('\n').flatMap((line) => {
    const [, group, state = '', name = ''] = /^\s*(\d+)\s+(\S+)\s+(.*)$/.exec(line) ?? []
    return group ? [{ name, state, group: Number(group) }] : []
  })
}
