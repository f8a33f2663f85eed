// For load balancers and container managers: does the process run, and can it work? Open on purpose; it
// tells nothing about any school.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import type { Deps } from '../deps.js'
import { readReadiness } from './readiness.js'

const Check = Type.Object({ ok: Type.Boolean(), detail: Type.String() })
const Readiness = Type.Object({
  status: Type.Enum(['ready', 'degraded', 'unavailable']),
  checks: Type.Object({
    database: Check,
    migrations: Check,
    clock: Check,
    queue: Check,
    inbox: Type.Object({
      ok: Type.Boolean(),
      detail: Type.String(),
      oldestWaitingSeconds: Type.Union([Type.Integer(), Type.Null()]),
    }),
  }),
})

export function healthRoutes(deps: Deps): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get('/health/live', {
      schema: {
        operationId: 'getLiveness', tags: ['operations'], summary: 'The process runs',
        response: { 200: Type.Object({ status: Type.Literal('live') }) },
      },
    }, async () => ({ status: 'live' as const }))

    app.get('/health/ready', {
      schema: {
        operationId: 'getReadiness', tags: ['operations'],
        summary: 'Database, migrations, clock, queue, age of the oldest unprocessed callback; 503 when it cannot work',
        response: { 200: Readiness, 503: Readiness },
      },
    }, async (_request, reply) => {
      const readiness = await readReadiness(deps)
      return reply.code(readiness.status === 'unavailable' ? 503 : 200).send(readiness)
    })
  }
}
