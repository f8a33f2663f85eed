// What Prometheus reads at /metrics. Labels are few and closed: routes, providers, reasons; never an id, a
// school or a person. The route is open, because it is for the operator's own network.
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client'
import type { FastifyInstance } from 'fastify'
import type { Provider } from '../banking/provider.js'
import type { Deps } from '../deps.js'
import { findOldestWaitingSeconds } from './readiness.js'

export type CallbackOutcome = 'accepted' | 'bad_proof' | 'stale' | 'test'

export interface Metrics {
  registry: Registry
  httpSeconds: Histogram<'method' | 'route' | 'status'>
  countCallback(provider: Provider, outcome: CallbackOutcome): void
  /** Callbacks that wait in memory for their group commit. */
  ingestQueueLength: Gauge
  postedTransactions: Counter
  /** By the UPPER_SNAKE reason of the review item. */
  reviewItems: Counter<'reason'>
  doorbellRings: Counter
  /** Inbox rows that a sweep claimed because no doorbell had rung for them. */
  sweepClaims: Counter
  oldestWaitingSeconds: Gauge
}

export function createMetrics(): Metrics {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry })
  const counter = (name: string, help: string) => new Counter({ name: `school_fees_${name}`, help, registers })
  const gauge = (name: string, help: string) => new Gauge({ name: `school_fees_${name}`, help, registers })
  const callbacks = new Counter({
    name: 'school_fees_callbacks_total', help: 'Bank callbacks by provider and outcome',
    labelNames: ['provider', 'outcome'], registers,
  })
  return {
    registry,
    httpSeconds: new Histogram({
      name: 'school_fees_http_request_seconds', help: 'Duration of HTTP requests by route',
      labelNames: ['method', 'route', 'status'], buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5],
      registers,
    }),
    countCallback: (provider, outcome) => { callbacks.inc({ provider, outcome }) },
    ingestQueueLength: gauge('ingest_queue_length', 'Callbacks that wait for their commit'),
    postedTransactions: counter('posted_transactions_total', 'Bank transactions posted to the ledger'),
    reviewItems: new Counter({
      name: 'school_fees_review_items_total', help: 'Review items made, by reason', labelNames: ['reason'], registers,
    }),
    doorbellRings: counter('doorbell_rings_total', 'Doorbells rung for the inbox'),
    sweepClaims: counter('sweep_claims_total', 'Inbox rows claimed by a sweep'),
    oldestWaitingSeconds: gauge('oldest_waiting_seconds', 'Age of the oldest unprocessed callback'),
  }
}

export function measureRequests(app: FastifyInstance, { httpSeconds }: Metrics): void {
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'none'
    httpSeconds.observe({ method: request.method, route, status: reply.statusCode }, reply.elapsedTime / 1000)
  })
}

/** `inbox` tells how many callbacks wait for their commit. */
export function metricsRoutes({ db, metrics, now }: Deps, inbox: { length(): number }) {
  return async (app: FastifyInstance): Promise<void> => {
    app.get('/metrics', { schema: { hide: true } }, async (_request, reply) => {
      // A database that is away must not take the metrics with it.
      const seconds = await findOldestWaitingSeconds(db, now()).catch(() => Number.NaN)
      metrics.oldestWaitingSeconds.set(seconds ?? 0)
      metrics.ingestQueueLength.set(inbox.length())
      return reply.type(metrics.registry.contentType).send(await metrics.registry.metrics())
    })
  }
}
