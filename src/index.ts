import { sendEmailMailer } from './mail/send-email.ts'
import { systemClock } from './platform/clock.ts'
import { createWorker } from './worker.ts'

export default createWorker(systemClock, sendEmailMailer)
