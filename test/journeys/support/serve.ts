// Serves a bundle, in a process that can be killed: serve.ts '{ "bundle": …, "prepared": …, "how": …, "port": … }'
import { startWorkers } from './started-workers.ts'

const { bundle, prepared, how, port } = JSON.parse(process.argv[2] ?? '')
const { miniflare } = await startWorkers(bundle, prepared, how, port)
// As `npm start` does, it does the work of the minute first.
await (await miniflare.getWorker()).scheduled({ cron: '* * * * *' })
process.stdout.write('It serves.\n')
