import { openMessengers } from './open-messengers.ts'
import { systemClock } from './platform/clock.ts'
import { createWorker } from './worker.ts'

export default createWorker(systemClock, openMessengers)
