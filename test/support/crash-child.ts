// The real application in a process that kills itself with -9 at one fixed point of taking a callback:
// before the commit, after the commit and before the ack, or after the ack and before the doorbell.
import { setTimeout as delay } from 'node:timers/promises'
import { buildApp } from '../../src/app.js'
import type { Database } from '../../src/db/tenancy.js'
import type { Deps } from '../../src/deps.js'
import { openTestDeps } from './app.js'

export const CRASH_POINTS = ['before-commit', 'after-commit', 'after-ack'] as const
export type CrashPoint = (typeof CRASH_POINTS)[number]

const [point, ownerUrl = '', serviceUrl = ''] = process.argv.slice(2)
const die = (): void => void process.kill(process.pid, 'SIGKILL')

function crashingDatabase(db: Database): Database {
  return {
    ...db,
    async asWorker(work) {
      const result = await db.asWorker(async (trx) => {
        const inside = await work(trx)
        if (point === 'before-commit') die()
        return inside
      })
      if (point === 'after-commit') die()
      return result
    },
  }
}

function crashing(deps: Deps): Deps {
  const ring = (): void => void delay(200).then(die)
  return {
    ...deps,
    db: crashingDatabase(deps.db),
    // Long enough for the ack to leave; the doorbell itself never rings.
    queues: { ...deps.queues, ring: point === 'after-ack' ? ring : () => undefined },
  }
}

const noDrop = async (): Promise<void> => undefined
const deps = openTestDeps({ name: 'crash', ownerUrl, serviceUrl, drop: noDrop })
const app = await buildApp(crashing(deps))
const address = await app.listen({ host: '127.0.0.1', port: 0 })
process.stdout.write(`${address}\n`)
