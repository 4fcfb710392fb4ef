import { withLocalCookies } from './local/local-cookies.ts'
import { createLocalWorker } from './local/local-worker.ts'
import { HASH_COST } from './passwords/argon2id.ts'

export default withLocalCookies(createLocalWorker(HASH_COST))
