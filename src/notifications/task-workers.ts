import type { Outbox, Task } from './outbox.ts'
import type { TaskContent, TaskKind } from './task-kinds.ts'

/** A task, and the outbox that it is in. */
export interface Waiting {
  outbox: Outbox
  task: Task
}

/** Does a task of each kind. Returns the tasks that follow, which are done at once. */
export type TaskWorkers = {
  [Kind in TaskKind]: (content: TaskContent<Kind>, waiting: Waiting) => Promise<Waiting[]>
}

/** Thrown by a worker if another attempt would not help, such as for a mailbox that does not exist. */
export class GivenUp extends Error {
  override name = 'GivenUp'
}
