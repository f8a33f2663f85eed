// How the service logs: one line a request, with the route and never the query, the headers or a body; no
// secret, no child's name, and only the end of an account number.
import fastify from 'fastify'
import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
import type { LogLevel } from '../config.js'

export interface LogOptions {
  level: LogLevel
  stream?: { write(line: string): void }
}

const SECRET_HEADERS = ['authorization', 'cookie', 'set-cookie', 'proxy-authorization', 'secure-token',
  'x-secret-key', 'x-api-key', 'x-sepay-signature', 'x-casso-signature', 'x-signature']

/** Fastify brings its own pino; asking it for a logger keeps to that one version. */
export function createLogger({ level, stream }: LogOptions): FastifyBaseLogger {
  const redact = {
    paths: SECRET_HEADERS.flatMap((name) => [`headers["${name}"]`, `*.headers["${name}"]`]),
    censor: '[redacted]',
  }
  const serializers = { err: describeError }
  return fastify({ logger: { level, redact, serializers, ...(stream ? { stream } : {}) } }).log
}

/** PostgreSQL puts the whole row into `detail` and `where`; both stay out. */
function describeError(error: Error) {
  return {
    type: error.name,
    message: error.message,
    stack: error.stack ?? '',
    ...pick(error, 'code'),
    ...pick(error, 'table'),
    ...pick(error, 'constraint'),
    ...(error.cause instanceof Error ? { cause: error.cause.message } : {}),
  }
}

function pick(error: Error, name: string): Record<string, string> {
  const found: unknown = Object.getOwnPropertyDescriptor(error, name)?.value
  return typeof found === 'string' ? { [name]: found } : {}
}

/** People's and programs' requests at `info`; banks' calls and probes, which are many, at `debug`. */
export function logRequests(app: FastifyInstance): void {
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'none'
    const line = { method: request.method, route, status: reply.statusCode, ms: Math.round(reply.elapsedTime) }
    if (route.startsWith('/api/')) request.log.info(line, 'request')
    else request.log.debug(line, 'request')
  })
}
