import { withLocalCookies } from './local/local-cookies.ts'
import { createLocalWorker } from './local/local-worker.ts'
import { HASH_COST } from './passwords/hash-cost.ts'

export default withLocalCookies(createLocalWorker(HASH_COST))
