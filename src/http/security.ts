// Headers that keep a browser from doing what the service never asks of it, and counters that slow down
// guessing. It never limits a bank's well-proven calls.
import helmet from '@fastify/helmet'
import rateLimit from '@fastify/rate-limit'
import underPressure from '@fastify/under-pressure'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Config } from '../config.js'
import { DomainError } from '../errors.js'

declare module 'fastify' {
  interface FastifyInstance {
    /**
     * Counts a wrong token or signature against the caller's address; throws TOO_MANY_REQUESTS when there
     * were too many within a minute. Good proofs are never counted.
     */
    countFailedProof(request: FastifyRequest): Promise<void>
  }
}

export async function secureHeaders(app: FastifyInstance, config: Config): Promise<void> {
  const overTls = config.publicUrl.startsWith('https:')
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'", 'data:'],
        fontSrc: ["'self'"],
        connectSrc: ["'self'"],
        formAction: ["'self'"],
        baseUri: ["'none'"],
        frameAncestors: ["'none'"],
      },
    },
    strictTransportSecurity: overTls && { maxAge: 31_536_000 },
    xFrameOptions: { action: 'deny' },
    referrerPolicy: { policy: 'no-referrer' },
  })
}

export async function limitFailedProofs(app: FastifyInstance, config: Config): Promise<void> {
  await app.register(rateLimit, { global: false })
  const count = app.createRateLimit({ max: config.failedProofsPerMinute, timeWindow: 60_000 })
  app.decorate('countFailedProof', async (request: FastifyRequest) => {
    const { isAllowed, ...state } = await count(request)
    if (!isAllowed && 'isExceeded' in state && state.isExceeded) {
      throw new DomainError('TOO_MANY_REQUESTS', 'too many wrong tokens or signatures from this address; wait a minute')
    }
  })
}

/** For the API alone: a busy process refuses people's requests first and keeps taking banks' calls. */
export async function limitApi(api: FastifyInstance, config: Config): Promise<void> {
  await api.register(underPressure, {
    maxEventLoopDelay: config.eventLoopDelayMaxMs,
    retryAfter: config.retryAfterSeconds,
    pressureHandler(_request, _reply, _type, value) {
      // Without a sample in its interval the plugin reports Infinity: that is no measure of load.
      if (value === Infinity) return
      throw new DomainError('OVERLOADED', 'the service is overloaded; send the request again later')
    },
  })
  api.addHook('onRequest', api.rateLimit({
    max: config.apiRequestsPerMinute,
    timeWindow: 60_000,
    errorResponseBuilder: (_request, { after }) => Object.assign(
      new Error(`too many requests from this address; wait ${after}`), { statusCode: 429 }),
  }))
}
