import type { Outbox, Task } from './outbox.ts'
import type { TaskContent, TaskKind } from './task-kinds.ts'

/** A task and the outbox that it is in. */
export interface Waiting {
  outbox: Outbox
  task: Task
}

/** Does a task of each kind, and answers what it led to: that is done at once. */
export type TaskWorkers = {
  [Kind in TaskKind]: (content: TaskContent<Kind>, waiting: Waiting) => Promise<Waiting[]>
}

/** What a worker throws when trying again would not help: a mailbox that does not exist. */
export class GivenUp extends Error {
  override name = 'GivenUp'
}
