// One side of the ingest benchmark, in a process of its own: the service as it is served, or a peer of it. It sends its
// address and serves until its standard input ends, so that it cannot outlive the benchmark.
import { createHash } from 'node:crypto'
import fastify from 'fastify'
import type { FastifyInstance } from 'fastify'
import pg from 'pg'
import { v7 as uuidv7 } from 'uuid'
import { buildApp } from '../../src/app.js'
import { makeCallback } from '../../src/banking/adapter.js'
import { sepay } from '../../src/banking/adapters/sepay.js'
import { openChannelLookup } from '../../src/banking/channel-lookup.js'
import { insertCallbacks } from '../../src/banking/inbox-store.js'
import type { CallbackRow } from '../../src/banking/inbox-store.js'
import { shardOf } from '../../src/banking/inbox.js'
import type { IncomingCallback } from '../../src/banking/inbox.js'
import { webhookRoutes } from '../../src/banking/webhook-routes.js'
import { readConfig } from '../../src/config.js'
import { createLogger } from '../../src/http/log.js'
import { LIMITS } from '../../src/limits.js'
import { openRuntime } from '../../src/runtime.js'
import { CHANNEL_SECRET, PREFIX } from './ingest-sides.js'
import type { Side } from './ingest-sides.js'

const [side = ''] = process.argv.slice(2)
const { app, close } = side === ('bare' satisfies Side) ? openBare() : await openService()
process.send?.(await app.listen({ host: '127.0.0.1', port: 0 }))
process.stdin.resume().once('end', () => {
  app.close().then(close).then(() => process.exit(0), (error: unknown) => {
    console.error(error)
    process.exit(1)
  })
})

interface Opened {
  app: FastifyInstance
  close: () => Promise<void>
}

/** The application as it is served; beside its own routes the same routes over the inboxes of the peers. */
async function openService(): Promise<Opened> {
  // The callers take the processor too: that the service would rather refuse them is not what is measured.
  const config = { ...readConfig(process.env), eventLoopDelayMaxMs: 0 }
  const { deps, close } = await openRuntime(config, createLogger({ level: config.logLevel }))
  const app = await buildApp(deps)
  const pool = new pg.Pool({
    connectionString: config.databaseUrl, max: config.dbConnectionsMax, options: '-c role=worker',
  })
  const channels = openChannelLookup({ ...deps, tokenKey: deps.secretBox.deriveKey('bench') })
  const addPeer = async (peer: Side, keep: (row: CallbackRow) => Promise<unknown>) => {
    const inbox = {
      accept: async (callback: IncomingCallback) => void (await keep(toRow(callback))),
      length: () => 0,
      close: async () => undefined,
    }
    await app.register(webhookRoutes({ ...deps, inbox, channels }), { prefix: PREFIX[peer] })
  }
  await addPeer('one-transaction', (row) => deps.db.asWorker((trx) => insertCallbacks(trx, [row])))
  await addPeer('one-insert', (row) => insertOne(pool, row))
  return { app, close: () => pool.end().then(close) }
}

/** Fastify as it comes, with the proof and the ack of the same adapter, and nothing kept. */
function openBare(): Opened {
  const app = fastify()
  const tokenKey = Buffer.alloc(32)
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => { done(null, body) })
  app.post<{ Params: { channelId: string }; Body: Buffer }>('/webhooks/:channelId', async (request, reply) => {
    const { channelId } = request.params
    const callback = makeCallback(request.headers, request.body, new Date())
    const proof = sepay.verify(callback, { channelId, mode: 'hmac', secrets: { current: CHANNEL_SECRET }, tokenKey })
    if (proof.kind !== 'good') return reply.code(401).send()
    const { status, contentType, body } = sepay.ack(callback, channelId)
    return reply.code(status).header('content-type', contentType).send(body)
  })
  return { app, close: async () => undefined }
}

const INSERT = `INSERT INTO bank_callback (school_id, id, channel_id, shard, body, body_sha256, proof, received_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING`

async function insertOne(pool: pg.Pool, row: CallbackRow): Promise<void> {
  const { schoolId, channelId, shard, body, bodySha256, proof, receivedAt } = row
  const values = [schoolId, uuidv7(), channelId, shard, body, bodySha256, proof, receivedAt]
  await pool.query({ name: 'insert', text: INSERT, values })
}

function toRow({ schoolId, channelId, rawBody, proof, receivedAt }: IncomingCallback): CallbackRow {
  return {
    schoolId,
    channelId,
    shard: shardOf(schoolId, LIMITS.shards),
    body: rawBody,
    bodySha256: createHash('sha256').update(rawBody).digest(),
    proof,
    receivedAt,
  }
}
