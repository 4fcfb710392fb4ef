import { openMessengers } from './notifications/open-messengers.ts'
import { HASH_COST } from './passwords/argon2id.ts'
import { systemClock } from './storage/clock.ts'
import { createWorker } from './worker.ts'

export default createWorker({ clock: systemClock, openMessengers, hashCost: HASH_COST })
