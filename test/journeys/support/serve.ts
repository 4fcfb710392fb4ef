// Serves a bundle, in a process that can be killed: serve.ts '{ "bundle": …, "prepared": …, "how": …, "port": … }'
import { startWorkers } from './started-workers.ts'

const { bundle, prepared, how, port } = JSON.parse(process.argv[2] ?? '')
const { miniflare } = await startWorkers(bundle, prepared, how, port)
// Like `npm start`, it runs the cron once first.
await (await miniflare.getWorker()).scheduled({ cron: '* * * * *' })
process.stdout.write('It serves.\n')
