import { createLocalWorker } from '../../src/local/local-worker.ts'
import { LEAST_HASH_COST } from './least-hash-cost.ts'

/** The local Worker for journeys that are not about the hash. */
export default createLocalWorker(LEAST_HASH_COST)
