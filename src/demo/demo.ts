// The sample province, from an empty database to settled bills: starts the service as it is, and then is a client of it
// like any other, over HTTP alone. The one thing that it writes by itself is the mark that says whose database this is,
// so that sample data never comes into a database of real schools.
import { randomBytes } from 'node:crypto'
import { createServer } from 'node:net'
import type { Config } from '../config.js'
import type { Deps } from '../deps.js'
import { listSchools } from '../directory/list-schools.js'
import { AuthorityReply } from '../directory/schema.js'
import { DomainError } from '../errors.js'
import { untilUncaught } from '../last-resort.js'
import { startService, untilSignal } from '../serve.js'
import type { RunningService } from '../serve.js'
import { runVerify } from '../verify/command.js'
import { addressLines } from './addresses.js'
import { createClient } from './client.js'
import type { Client } from './client.js'
import { createDemoClock } from './clock.js'
import type { DemoClock } from './clock.js'
import type { BilledSchool } from './pay.js'
import { createDemoPeople, demoPeople } from './people.js'
import { createProgress } from './progress.js'
import { reportLines } from './report.js'
import { playProvince } from './stages.js'
import type { ProvinceOptions } from './stages.js'

/** `schools` is the same number at every start on one database. */
export interface DemoOptions extends ProvinceOptions {
  /** Ends when everything is said; without it the service goes on until a signal. */
  exit: boolean
  say: (line: string) => void
  /** For progress bars; undefined: plain lines. */
  terminal: NodeJS.WriteStream | undefined
}

// Its payments are spread over the school year until today, and the service hears of them all in one minute.
const BANK_TIME_BACK_DAYS = '400'

/** What the demo sets where the environment says nothing: its own data folder, quiet logs, older times of the bank. */
export function demoEnvironment(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const isSet = (name: string): boolean => (environment[name] ?? '').trim() !== ''
  return {
    ...environment,
    ...(isSet('DATA_DIR') ? {} : { DATA_DIR: './.data/demo' }),
    ...(isSet('LOG_LEVEL') ? {} : { LOG_LEVEL: 'error' }),
    ...(isSet('BANK_TIME_BACK_DAYS') ? {} : { BANK_TIME_BACK_DAYS }),
  }
}

/** True when every figure adds up and every promise holds. Throws `DEMO_REFUSED` on a database that is not its own. */
export async function runDemo(config: Config, options: DemoOptions): Promise<boolean> {
  const { say, exit } = options
  const startedAt = Date.now()
  const clock = createDemoClock()
  const service = await startService(await prepared(config, say), { worker: true, prepare: markAsDemo, now: clock.now })
  try {
    for (const line of [`Serving ${service.address}`, ...service.notes]) say(line)
    const stopped = Promise.race([untilSignal(service.deps.log), untilUncaught(service.deps.log)])
    const holds = await Promise.race([showAll(config, service, clock, options), stopped])
    if (holds === undefined) return false
    say(`Finished in ${((Date.now() - startedAt) / 1_000).toFixed(1)} s.`)
    if (!exit) {
      say('Serving until Ctrl-C.')
      await stopped
    }
    return holds
  } finally {
    await service.close()
  }
}

async function showAll(
  config: Config, { address, deps }: RunningService, clock: DemoClock, options: DemoOptions,
): Promise<boolean> {
  const { say, terminal } = options
  const { bootstrapToken = '' } = deps.config
  const client = createClient(address, bootstrapToken)
  const played = await playProvince(client, createProgress(say, terminal), clock, options)
  const { lines, addsUp } = reportLines(played)
  for (const line of ['', ...lines, '']) say(line)
  const verified = await runVerify(config, say)
  const tokenFrom = config.databaseUrl === undefined ? `$(cat ${config.dataDir}/admin-token)` : '$BOOTSTRAP_TOKEN'
  const { departmentId, billed } = played
  const school = billed.find((open) => open.school.fullRoster) ?? billed[0]
  const places = { schoolId: school?.id ?? '', departmentId, communeId: await findCommune(client, school) }
  const people = school === undefined ? [] : demoPeople(places)
  await createDemoPeople(deps, people)
  const { secretBox } = deps
  for (const line of ['', ...addressLines({ address, tokenFrom, departmentId, school, people, secretBox }), '']) say(line)
  return addsUp && verified
}

/** The commune that manages the school whose desk is shown. */
async function findCommune(client: Client, open: BilledSchool | undefined): Promise<string | undefined> {
  const communes = await client.list('/api/v1/authorities?kind=commune', AuthorityReply)
  return communes.find(({ code }) => code === open?.school.commune.code)?.id
}

/** A free port, also where another service runs on the usual one, and a token for this run where none is kept. */
async function prepared(config: Config, say: (line: string) => void): Promise<Config> {
  const { host, databaseUrl, bootstrapToken } = config
  const port = await findPort(host, config.port) ?? await findPort(host, 0) ?? config.port
  if (port !== config.port && config.port !== 0) say(`Port ${config.port} is taken: using ${port}.`)
  if (databaseUrl !== undefined && bootstrapToken === undefined) {
    say('BOOTSTRAP_TOKEN is not set: to ask the API yourself, set it, or make a token with: token create')
  }
  return {
    ...config, port,
    publicUrl: config.publicUrl.replace(new RegExp(`:${config.port}$`), `:${port}`),
    bootstrapToken: bootstrapToken ?? (databaseUrl === undefined ? undefined : randomBytes(24).toString('hex')),
  }
}

function findPort(host: string, wanted: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const probe = createServer().on('error', () => { resolve(undefined) })
    probe.listen(wanted, host, () => {
      const address = probe.address()
      probe.close(() => { resolve(typeof address === 'object' && address !== null ? address.port : undefined) })
    })
  })
}

/** Before anything else runs: a database with a school in it is somebody's, unless it bears the mark. */
async function markAsDemo({ db, now }: Deps): Promise<void> {
  const marked = await db.asService((trx) =>
    trx.selectFrom('installation').select('demo').where('demo', '=', true).executeTakeFirst())
  if (marked) return
  const { items } = await listSchools({ db, now }, { limit: 1 })
  if (items.length > 0) {
    throw new DomainError('DEMO_REFUSED', 'This database holds schools that the demo did not make: give the demo a ' +
      'DATA_DIR or a DATABASE_URL of its own.')
  }
  await db.asService((trx) => trx.updateTable('installation').set({ demo: true }).execute())
}
