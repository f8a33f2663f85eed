// Headers that keep a browser from doing what the service never asks of it, and counters that slow down
// guessing. It never limits a bank's well-proven calls.
import helmet from '@fastify/helmet'
import rateLimit from '@fastify/rate-limit'
import underPressure from '@fastify/under-pressure'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { addressKey } from '../access/network-address.js'
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
  app.decorate('countFailedProof', (request: FastifyRequest) =>
    assertNotTooOften(count, request, 'too many wrong tokens or signatures from this address; wait a minute'))
}

/** Counts one more against the request's address; throws TOO_MANY_REQUESTS with the reason when there were too many. */
export async function assertNotTooOften(
  count: ReturnType<FastifyInstance['createRateLimit']>, request: FastifyRequest, reason: string,
): Promise<void> {
  const counted = await count(request)
  if (!counted.isAllowed && counted.isExceeded) throw new DomainError('TOO_MANY_REQUESTS', reason)
}

export async function limitApi(api: FastifyInstance, config: Config): Promise<void> {
  await refuseUnderPressure(api, config)
  api.addHook('onRequest', api.rateLimit({
    max: config.apiRequestsPerMinute,
    timeWindow: 60_000,
    errorResponseBuilder: (_request, { after }) => tooMany('this address', after),
  }))
}

/**
 * For people's pages: who is signed in is counted by session, everybody else by address, and there generously, because
 * the phones of many parents share one. What pages are made of, probes and banks are not counted.
 */
export async function limitPages(pages: FastifyInstance, config: Config): Promise<void> {
  await refuseUnderPressure(pages, config)
  const isSession = (key: string): boolean => key.startsWith('session ')
  pages.addHook('onRequest', pages.rateLimit({
    keyGenerator: ({ session, ip }) => (session ? `session ${session.id}` : `address ${addressKey(ip)}`),
    max: (_request, key) => (isSession(key) ? config.pagesPerSessionPerMinute : config.pagesPerAddressPerMinute),
    timeWindow: 60_000,
    errorResponseBuilder: (_request, { after }) => tooMany('this session or address', after),
  }))
}

function tooMany(caller: string, after: string): Error {
  return Object.assign(new Error(`too many requests from ${caller}; wait ${after}`), { statusCode: 429 })
}

/** A busy process refuses people and their programs first and keeps taking banks' calls. */
async function refuseUnderPressure(scope: FastifyInstance, config: Config): Promise<void> {
  await scope.register(underPressure, {
    maxEventLoopDelay: config.eventLoopDelayMaxMs,
    retryAfter: config.retryAfterSeconds,
    pressureHandler(_request, _reply, _type, value) {
      // Without a sample in its interval the plugin reports Infinity: that is no measure of load.
      if (value === Infinity) return
      throw new DomainError('OVERLOADED', 'the service is overloaded; send the request again later')
    },
  })
}
