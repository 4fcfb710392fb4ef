import type { Ctx } from '../context.ts'
import { logFailure } from '../http/log.ts'
import type { Outbox } from './outbox.ts'
import { type TaskKind, taskKinds } from './task-kinds.ts'
import { GivenUp, type Waiting } from './task-workers.ts'

/** The most tasks that one cron run takes in a region. */
const MOST_AT_ONCE = 100

/** Does tasks that were just inserted, and those that follow from them. Failed tasks are left for the cron. */
export async function workNow(ctx: Ctx, waiting: Waiting[]): Promise<void> {
  for (const one of waiting)
    await logFailure(
      attempt(ctx, one).then((led) => workNow(ctx, led)),
      nameOf(one),
    )
}

/** Does the tasks that are left: failed ones, and those of a process that died. */
export async function workDue(ctx: Ctx, outbox: Outbox): Promise<void> {
  for (const due of await outbox.due(ctx.clock(), MOST_AT_ONCE)) {
    const task = await outbox.claim(due, ctx.clock())
    if (task) await workNow(ctx, [{ outbox, task }])
  }
}

async function attempt({ clock, workers }: Ctx, waiting: Waiting): Promise<Waiting[]> {
  const { outbox, task } = waiting
  const led = isKind(task.kind) ? await work(task.kind) : await giveUp('of no known kind')
  await outbox.removal(task)
  return led

  async function work<Kind extends TaskKind>(kind: Kind): Promise<Waiting[]> {
    const content = await outbox.open(kind, task, clock())
    if (!content) return giveUp('too old, or its key is gone')
    return workers[kind](content, waiting).catch((error) => {
      if (error instanceof GivenUp) return giveUp(error.message)
      throw error
    })
  }

  async function giveUp(reason: string): Promise<Waiting[]> {
    await logFailure(Promise.reject(new Error(`given up: ${reason}`)), nameOf(waiting))
    return []
  }
}

function isKind(kind: string): kind is TaskKind {
  return Object.hasOwn(taskKinds, kind)
}

function nameOf({ task }: Waiting): string {
  return `outbox ${task.kind} ${task.id}`
}
