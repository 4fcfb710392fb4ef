import { openMailer } from './mail/open-mailer.ts'
import { systemClock } from './platform/clock.ts'
import { createWorker } from './worker.ts'

export default createWorker(systemClock, openMailer)
