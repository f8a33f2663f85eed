// The service itself in a process where things go wrong that no code of it foresees, each when its input says so.
import { createInterface } from 'node:readline'
import { readConfig } from '../../src/config.js'
import { serve } from '../../src/serve.js'

/** Words that must never be logged. */
const words = 'Nguyễn Văn An nợ 100.000 đ'

createInterface(process.stdin).on('line', (line) => {
  if (line === 'reject') void Promise.reject(new Error(words))
  if (line === 'throw') setImmediate(() => { throw new TypeError(words) })
})
// Its input is held by the test, so it cannot outlive one that is killed.
process.stdin.once('close', () => process.exit(99))

await serve(readConfig(process.env), { worker: false, say: (line) => process.stderr.write(`${line}\n`) })
process.stdin.removeAllListeners('close').destroy()
