// Where banks call. A call is answered with the provider's own ack only after its raw bytes are committed; a wrong
// proof gets 401 and leaves nothing behind but a count. What the call says is none of this file's business.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { isStorageFailure } from '../db/storage-failure.js'
import type { Deps } from '../deps.js'
import { DomainError } from '../errors.js'
import { EXACTLY_JSON } from '../http/json-body.js'
import { problem, sendProblem } from '../http/problem.js'
import { LIMITS } from '../limits.js'
import { makeCallback } from './adapter.js'
import type { Ack, Adapter, Callback } from './adapter.js'
import { getAdapter } from './adapters/registry.js'
import { isSelfTest } from './adapters/self-test-mark.js'
import { generateToken } from './adapters/vietqr-vn-token.js'
import type { ChannelLookup, OpenChannel } from './channel-lookup.js'
import { recordTestCall } from './channel-store.js'
import type { Inbox } from './inbox.js'
import type { Provider } from './provider.js'

export interface WebhookDeps extends Pick<Deps, 'db' | 'metrics' | 'now'> {
  inbox: Inbox
  channels: ChannelLookup
}

const Params = Type.Object({ channelId: Type.String({ maxLength: 64 }) })

export function webhookRoutes(deps: WebhookDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    keepRawBodies(app)
    // No logger of the request's own: the lines here name the channel instead.
    app.setChildLoggerFactory((logger) => logger)
    const route = (operationId: string, summary: string) => ({
      schema: { operationId, summary, tags: ['webhooks'], params: Params },
      // No headers for browsers: no bank reads them, and Helmet works them out anew for each answer.
      helmet: false as const,
    })
    app.post('/webhooks/:channelId',
      route('receiveBankCallback', 'A provider tells of a bank transaction'),
      (request, reply) => receive(deps, app, request.params.channelId, request, reply))
    app.post('/webhooks/:channelId/bank/api/transaction-sync',
      route('receiveVietqrVnTransaction', 'VietQR.vn tells of a bank transaction'),
      // Its path says whose call it is, also while nobody can be asked.
      (request, reply) => receive(deps, app, request.params.channelId, request, reply, 'vietqr-vn'))
    app.post('/webhooks/:channelId/api/token_generate',
      route('generateVietqrVnToken', 'VietQR.vn asks for its bearer token'),
      (request, reply) => generate(deps, app, request.params.channelId, request, reply))
  }
}

/** The proof is over the bytes as they came: nothing is parsed before it holds. An empty body passes. */
function keepRawBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser<Buffer>('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    if (EXACTLY_JSON.test(request.headers['content-type'] ?? '')) return done(null, body)
    done(new DomainError('UNSUPPORTED_MEDIA_TYPE', 'send application/json in UTF-8'))
  })
}

const NO_BODY = Buffer.alloc(0)

async function receive(
  deps: WebhookDeps,
  app: FastifyInstance,
  channelId: string,
  request: FastifyRequest,
  reply: FastifyReply,
  pathOf?: Provider,
): Promise<FastifyReply> {
  let channel: OpenChannel
  try {
    channel = await findChannel(deps, app, channelId, request)
  } catch (error) {
    if (!isStorageFailure(error)) throw error
    return notStored(request, reply, channelId, error, pathOf && getAdapter(pathOf))
  }
  const receivedAt = deps.now()
  const rawBody = Buffer.isBuffer(request.body) ? request.body : NO_BODY
  const callback = makeCallback(request.headers, rawBody, receivedAt)
  const proof = channel.adapter.verify(callback, channel.proof)
  if (proof.kind === 'bad') {
    deps.metrics.countCallback(channel.provider, 'bad_proof')
    request.log.warn({ channelId, provider: channel.provider, reason: proof.reason }, 'a callback with a wrong proof')
    await app.countFailedProof(request)
    return refuse(reply, channel.adapter, 'PROOF_WRONG', `the proof of this call does not hold (${proof.reason})`)
  }
  try {
    if (proof.kind === 'good' && channel.adapter.isTestCall(callback)) {
      return await acceptTest(deps, channel, callback, reply)
    }
    await deps.inbox.accept({
      schoolId: channel.schoolId,
      channelId: channel.channelId,
      rawBody,
      proof: proof.kind,
      receivedAt,
    })
  } catch (error) {
    return notStored(request, reply, channelId, error, channel.adapter)
  }
  if (proof.kind === 'stale') {
    // Kept for review, but the provider is told that its clock or its replay is off.
    deps.metrics.countCallback(channel.provider, 'stale')
    request.log.warn({ channelId, signedAt: proof.signedAt }, 'a good signature over an old time')
    return refuse(reply, channel.adapter, 'PROOF_STALE', 'the signature is right but its time is more than 5 minutes off')
  }
  deps.metrics.countCallback(channel.provider, 'accepted')
  return answer(reply, channel.adapter.ack(callback, channel.channelId))
}

async function acceptTest(
  deps: WebhookDeps,
  channel: OpenChannel,
  callback: Callback,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { schoolId, channelId } = channel
  const { rawBody, receivedAt } = callback
  await deps.inbox.accept({ schoolId, channelId, rawBody, proof: 'test', receivedAt })
  // Our own call proves nothing about the provider's set-up.
  if (!isSelfTest(rawBody)) {
    await deps.db.inSchoolAsWorker(schoolId, (trx) => recordTestCall(trx, schoolId, channelId, receivedAt))
  }
  deps.metrics.countCallback(channel.provider, 'test')
  return answer(reply, channel.adapter.ack(callback, channelId))
}

async function generate(
  deps: WebhookDeps,
  app: FastifyInstance,
  channelId: string,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const channel = await findChannel(deps, app, channelId, request)
  if (channel.provider !== 'vietqr-vn') throw noSuchChannel()
  const result = generateToken(request.headers.authorization, channel.proof, deps.now())
  if (result.status === 401) {
    deps.metrics.countCallback(channel.provider, 'bad_proof')
    await app.countFailedProof(request)
  }
  return answer(reply, result)
}

async function findChannel(
  deps: WebhookDeps,
  app: FastifyInstance,
  channelId: string,
  request: FastifyRequest,
): Promise<OpenChannel> {
  const channel = await deps.channels.find(channelId)
  if (channel) return channel
  await app.countFailedProof(request)
  throw noSuchChannel()
}

function noSuchChannel(): DomainError {
  return new DomainError('CHANNEL_NOT_FOUND', 'no channel has this path: copy it again from the channel\'s set-up')
}

function answer(reply: FastifyReply, { status, contentType, body }: Ack): FastifyReply {
  return reply.code(status).header('content-type', contentType).send(body)
}

/** Whatever the reason: nothing is on disk that anybody may rely on, and the provider shall call again. */
function notStored(
  request: FastifyRequest, reply: FastifyReply, channelId: string, error: unknown, adapter: Adapter | undefined,
): FastifyReply {
  request.log.error({ err: error, channelId }, 'a callback could not be stored')
  const code = error instanceof DomainError ? error.code : 'STORAGE_UNAVAILABLE'
  return refuse(reply, adapter, code, 'this call could not be stored; send it again later')
}

/** In the provider's own words where it reads them; else as a problem like any other. */
function refuse(reply: FastifyReply, adapter: Adapter | undefined, code: string, detail: string): FastifyReply {
  const body = problem(code, detail)
  const own = adapter?.failureBody?.(code, detail)
  if (own === undefined) return sendProblem(reply, body)
  if (body.status === 503) void reply.header('retry-after', LIMITS.retryAfterSeconds)
  return reply.code(body.status).header('content-type', 'application/json').send(own)
}
