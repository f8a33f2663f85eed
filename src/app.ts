// The ordered list of what the service consists of over HTTP. It connects to nothing by itself: everything
// that reaches out comes in as `deps`, so that a test or the OpenAPI command can build it alone.
import cookie from '@fastify/cookie'
import formbody from '@fastify/formbody'
import fastify, { LogController } from 'fastify'
import type { FastifyInstance } from 'fastify'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import { tokenRoutes } from './access/token-routes.js'
import { userRoutes } from './access/user-routes.js'
import { adoptionRoutes } from './adoption/routes.js'
import { openChannelLookup } from './banking/channel-lookup.js'
import { openInbox } from './banking/inbox.js'
import type { Inbox } from './banking/inbox.js'
import { bankingRoutes } from './banking/routes.js'
import { webhookRoutes } from './banking/webhook-routes.js'
import type { Deps } from './deps.js'
import { directoryRoutes } from './directory/routes.js'
import { feesRoutes } from './fees/routes.js'
import { authenticateRequests } from './http/auth.js'
import { parseForm } from './http/form-body.js'
import { healthRoutes } from './http/health.js'
import { repeatAnswers } from './http/idempotency.js'
import { parseJsonBodies } from './http/json-body.js'
import { logRequests } from './http/log.js'
import { measureRequests, metricsRoutes } from './http/metrics.js'
import { describeRoutes } from './http/openapi.js'
import { handleProblems, sendProblem, toProblem } from './http/problem.js'
import { limitApi, limitFailedProofs, limitPages, secureHeaders } from './http/security.js'
import { validatorCompiler } from './http/validation.js'
import { paymentCodeRoutes } from './invoicing/payment-code-routes.js'
import { billQrRoutes } from './invoicing/qr-routes.js'
import { invoicingRoutes } from './invoicing/routes.js'
import { accountTransferRoutes } from './reconciliation/account-transfer-routes.js'
import { cashRoutes } from './reconciliation/cash-routes.js'
import { reconciliationListRoutes } from './reconciliation/list-routes.js'
import { reviewActRoutes } from './reconciliation/review-act-routes.js'
import { vietqrRoutes } from './vietqr/routes.js'
import { accessPages } from './web/access/pages.js'
import { assetRoutes } from './web/assets.js'
import { accountTransferPages } from './web/desk/account-transfers-routes.js'
import { reviewPages } from './web/desk/review-routes.js'
import { searchPages } from './web/desk/search-routes.js'
import { transactionPages } from './web/desk/transaction-routes.js'
import { checkRoutes } from './web/check/check-routes.js'
import { sendErrorPage } from './web/error-page.js'
import { readLanguage } from './web/language.js'
import { collectingPages } from './web/desk/collecting-routes.js'
import { studentsDeskPages } from './web/desk/students-desk-routes.js'
import { billRoutes } from './web/parent/bill-routes.js'
import { provincePages } from './web/province/province-routes.js'

export async function buildApp(deps: Deps): Promise<FastifyInstance> {
  const { config, log } = deps
  const app = fastify({
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true }), // logRequests says less about a person
    bodyLimit: config.bodyLimitBytes,
    requestTimeout: config.requestTimeoutMs,
    connectionTimeout: config.connectionTimeoutMs,
    keepAliveTimeout: config.keepAliveTimeoutMs,
    http: { headersTimeout: config.headersTimeoutMs },
    trustProxy: config.trustedProxies.length > 0 ? [...config.trustedProxies] : false,
    // A bad URL or a header that Fastify refuses before any route is known.
    frameworkErrors: (error, _request, reply) => { void sendProblem(reply, toProblem(error)) },
  }).withTypeProvider<TypeBoxTypeProvider>()

  app.setValidatorCompiler(validatorCompiler)
  handleProblems(app, sendErrorPage)
  parseJsonBodies(app)
  await app.register(cookie)
  readLanguage(app, { overTls: config.publicUrl.startsWith('https:') })
  logRequests(app)
  measureRequests(app, deps.metrics)
  await secureHeaders(app, config)
  await limitFailedProofs(app, config)
  authenticateRequests(app, deps)
  await describeRoutes(app)

  // Where banks call: each call proves itself, so neither tokens nor limits of the API apply.
  const channels = openChannelLookup({ ...deps, tokenKey: deps.secretBox.deriveKey('vietqr.vn bearer token') })
  const inbox = openInboxOf(deps)
  app.addHook('onClose', () => inbox.close())
  await app.register(webhookRoutes({ ...deps, inbox, channels }))

  // Open: what pages are made of, and for the operator's own network and for probes.
  assetRoutes(app)
  await app.register(healthRoutes(deps))
  await app.register(metricsRoutes(deps, inbox))

  // Everything under /api/v1: a token with a scope, limits, repeatable POSTs.
  await app.register(async (api) => {
    await limitApi(api, config)
    repeatAnswers(api, deps)
    await api.register(vietqrRoutes)
    await api.register(paymentCodeRoutes)
    await api.register(directoryRoutes(deps))
    await api.register(feesRoutes(deps))
    await api.register(invoicingRoutes(deps))
    await api.register(billQrRoutes(deps))
    await api.register(bankingRoutes(deps, channels))
    await api.register(reconciliationListRoutes(deps))
    await api.register(reviewActRoutes(deps))
    await api.register(cashRoutes(deps))
    await api.register(accountTransferRoutes(deps))
    await api.register(adoptionRoutes(deps))
    await api.register(tokenRoutes(deps))
    await api.register(userRoutes)
  })

  // Pages for people: forms beside JSON; each page says what it needs like any route of the API.
  await app.register(async (pages) => {
    await limitPages(pages, config)
    await pages.register(formbody, { parser: parseForm })
    await pages.register(reviewPages(deps))
    await pages.register(transactionPages(deps))
    await pages.register(accountTransferPages(deps))
    await pages.register(searchPages(deps))
    await pages.register(accessPages(deps))
    await pages.register(billRoutes(deps))
    await pages.register(checkRoutes(deps))
    await pages.register(provincePages(deps))
    await pages.register(studentsDeskPages(deps))
    await pages.register(collectingPages(deps, channels))
  })
  return app
}

function openInboxOf({ db, config, queues, metrics }: Deps): Inbox {
  const limits = {
    maxWaiting: config.ingestQueueLength, maxBatchRows: config.ingestBatchRows, shards: config.shards,
  }
  return openInbox(db, limits, (shard) => {
    metrics.doorbellRings.inc()
    queues.ring(shard)
  })
}
