import { createLocalWorker } from './local/local-worker.ts'
import { HASH_COST } from './passwords/hash-cost.ts'

export default createLocalWorker(HASH_COST)
