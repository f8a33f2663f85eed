// How many callbacks a second are on disk and acknowledged, over real HTTP? Against bare Fastify with the same proof
// and no database, and against the same application with one INSERT a request. What was acknowledged is counted in the
// database afterwards. Server, callers and PostgreSQL share the machine, so only the ratios mean something.
import assert from 'node:assert/strict'
import { fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { createSecretBox } from '../../src/access/secret-box.js'
import { secretContext } from '../../src/banking/channel-store.js'
import { seedSchool } from '../support/seed-school.js'
import { CHANNEL_SECRET, PREFIX } from './ingest-sides.js'
import type { Load, Sent, Side } from './ingest-sides.js'
import { compare, inTurns } from './measure.js'
import type { BenchContext, BenchResult } from './measure.js'

const SCHOOLS = 40
const CONNECTIONS = 200
const ROUNDS = 3
/** How many callbacks each side gets a round: about as many seconds for all. */
const CALLBACKS: Record<Side, number> = {
  service: 16_000, bare: 24_000, 'one-transaction': 4_000, 'one-insert': 8_000,
}
const SECRET_KEY = 'the secret key of the benchmark'

interface Peer {
  side: Side
  name: string
  peer: string
  target: number
}
const PEERS: readonly Peer[] = [
  { side: 'bare', name: 'durable ingest : no database', target: 0.6,
    peer: 'bare Fastify with the same signature check, nothing kept' },
  { side: 'one-transaction', name: 'durable ingest : one transaction a request', target: 3,
    peer: 'the same application, one INSERT in a transaction of its own per request' },
  { side: 'one-insert', name: 'durable ingest : one bare INSERT a request', target: 2,
    peer: 'the same application, one prepared INSERT per request, role fixed to the connection' },
]

export async function benchIngest(context: BenchContext): Promise<BenchResult[]> {
  const channels = await seedChannels(context)
  const service = await startServer('service', context)
  const bare = await startServer('bare', context)
  let firstId = 1
  const load = async (side: Side, share: number): Promise<number> => {
    const callbacks = Math.ceil((CALLBACKS[side] * context.scale * share) / CONNECTIONS) * CONNECTIONS
    const url = `${(side === 'bare' ? bare : service).address}${PREFIX[side]}`
    const before = await countCallbacks(context)
    const { acknowledged, perSecond } = await sendLoad({ url, channels, firstId, callbacks, connections: CONNECTIONS })
    firstId += callbacks
    const kept = side === 'bare' ? 0 : acknowledged
    assert.equal(await countCallbacks(context) - before, kept, 'what was acknowledged is in the database')
    return perSecond
  }
  try {
    const sides: Side[] = ['service', ...PEERS.map(({ side }) => side)]
    for (const side of sides) await load(side, 0.25)
    const [ours = [], ...figures] = await inTurns(ROUNDS, sides.map((side) => () => load(side, 1)))
    const size = `${CALLBACKS.service * context.scale} callbacks to ${SCHOOLS} schools a round, ` +
      `${CONNECTIONS} connections, SePay HMAC`
    return PEERS.map(({ name, peer, target }, at) =>
      compare({ name, peer, size, ours, peerFigures: figures[at] ?? [], unit: 'callbacks/s', target }))
  } finally {
    await Promise.all([service.stop(), bare.stop()])
  }
}

async function seedChannels({ ownerUrl }: BenchContext): Promise<Load['channels']> {
  const owner = new pg.Client({ connectionString: ownerUrl })
  await owner.connect()
  const box = createSecretBox(SECRET_KEY)
  const sealedSecret = (schoolId: string, channelId: string) =>
    box.seal(CHANNEL_SECRET, secretContext(schoolId, channelId))
  try {
    const channels: { channelId: string; accountNumber: string }[] = []
    for (let number = 0; number < SCHOOLS; number++) {
      const { channelId, accountNumber } = await seedSchool(owner, { students: 1, sealedSecret })
      channels.push({ channelId, accountNumber })
    }
    await owner.query('ANALYZE')
    return channels
  } finally {
    await owner.end()
  }
}

interface Server {
  address: string
  stop(): Promise<void>
}

async function startServer(side: Side, { serviceUrl }: BenchContext): Promise<Server> {
  const env = { ...process.env, DATABASE_URL: serviceUrl, SECRET_KEY }
  // Its log goes nowhere: at the level of a live system it does not speak of callbacks that are well.
  const child = fork(programFile('ingest-server'), [side], { env, stdio: ['pipe', 'ignore', 'inherit', 'ipc'] })
  const [address] = await Promise.race([
    once(child, 'message') as Promise<[unknown]>,
    once(child, 'exit').then((): never => { throw new Error(`the server of the side "${side}" did not start`) }),
  ])
  return {
    address: String(address),
    async stop() {
      child.stdin?.end()
      if (child.exitCode === null) await once(child, 'exit')
    },
  }
}

async function sendLoad(load: Load): Promise<Sent> {
  const child = spawn(process.execPath, [programFile('ingest-load')], { stdio: ['pipe', 'pipe', 'inherit'] })
  child.stdin.end(JSON.stringify(load))
  const [answer] = await Promise.all([text(child.stdout), once(child, 'exit')])
  assert.equal(child.exitCode, 0, 'every callback was answered')
  return JSON.parse(answer) as Sent
}

function programFile(name: string): string {
  return fileURLToPath(new URL(`./${name}.js`, import.meta.url))
}

async function countCallbacks({ ownerUrl }: BenchContext): Promise<number> {
  const client = new pg.Client({ connectionString: ownerUrl })
  await client.connect()
  try {
    const { rows: [found] } = await client.query<{ count: number }>('SELECT count(*)::int AS count FROM bank_callback')
    return found?.count ?? 0
  } finally {
    await client.end()
  }
}
