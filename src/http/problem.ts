// Turns whatever was thrown into an RFC 9457 problem. The only place that knows which code has which status;
// it never shows a stack, an SQL text or a value of somebody's data.
import { STATUS_CODES } from 'node:http'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { isStorageFailure } from '../db/storage-failure.js'
import { DomainError } from '../errors.js'
import type { FieldError } from '../errors.js'
import { LIMITS } from '../limits.js'
import { constraintRefusal } from './constraint-refusal.js'
import { fieldErrorsOf } from './validation.js'

export interface Problem {
  type: 'about:blank'
  code: string
  title: string
  status: number
  detail: string
  errors: readonly FieldError[]
}

export const PROBLEM_TYPE = 'application/problem+json; charset=utf-8'

const STATUS_BY_CODE: Readonly<Record<string, number>> = {
  JSON_INVALID: 400,
  UNAUTHENTICATED: 401,
  PROOF_WRONG: 401,
  PROOF_STALE: 401,
  FORBIDDEN: 403,
  PERIOD_REFUSED: 403,
  SMALL_CELL_REFUSED: 403,
  CSRF_REFUSED: 403,
  PASSWORD_CHANGE_REQUIRED: 403,
  ROLE_REFUSED: 403,
  SELF_CHANGE_REFUSED: 403,
  NOTHING_TO_PAY: 409,
  IDEMPOTENCY_IN_PROGRESS: 409,
  BODY_TOO_LARGE: 413,
  UNSUPPORTED_MEDIA_TYPE: 415,
  TOO_MANY_REQUESTS: 429,
  CHOICE_CHANGES_EXCEEDED: 429,
  SECRET_UNREADABLE: 500,
  STORAGE_UNAVAILABLE: 503,
  INGEST_QUEUE_FULL: 503,
  OVERLOADED: 503,
}

/** The status of a refusal: by the table above, else by the ending of its code, else 422. */
export function statusOf(code: string): number {
  const listed = STATUS_BY_CODE[code]
  if (listed !== undefined) return listed
  if (code === 'NOT_FOUND' || code.endsWith('_NOT_FOUND')) return 404
  if (code.endsWith('_EXISTS') || code.endsWith('_CONFLICT')) return 409
  return 422
}

export function problem(
  code: string, detail: string, errors: readonly FieldError[] = [], status = statusOf(code),
): Problem {
  return { type: 'about:blank', code, title: STATUS_CODES[status] ?? 'Error', status, detail, errors }
}

/** What a client is told of an error; `INTERNAL` when it is none of its business. */
export function toProblem(error: unknown): Problem {
  const refusal = error instanceof DomainError ? error : constraintRefusal(error)
  if (refusal) return problem(refusal.code, refusal.message, refusal.errors)
  if (isStorageFailure(error)) {
    return problem('STORAGE_UNAVAILABLE', 'The database cannot take this request now; send it again later.')
  }
  return frameworkProblem(error) ?? internal()
}

function internal(): Problem {
  return problem('INTERNAL', 'Something went wrong on our side; the log of the service says what.', [], 500)
}

const FRAMEWORK_CODES: Readonly<Record<number, string>> = {
  400: 'REQUEST_INVALID',
  404: 'NOT_FOUND',
  405: 'METHOD_NOT_ALLOWED',
  406: 'NOT_ACCEPTABLE',
  408: 'REQUEST_TIMEOUT',
  413: 'BODY_TOO_LARGE',
  414: 'URL_TOO_LONG',
  415: 'UNSUPPORTED_MEDIA_TYPE',
  429: 'TOO_MANY_REQUESTS',
  503: 'OVERLOADED',
}

/** Fastify and its plugins: validation, body limits, media types, multipart, pressure. */
function frameworkProblem(error: unknown): Problem | undefined {
  if (!(error instanceof Error)) return undefined
  const fields = fieldErrorsOf(error)
  if (fields !== undefined) return problem('VALIDATION_FAILED', sentenceOf(fields), fields)
  const status = 'statusCode' in error && typeof error.statusCode === 'number' ? error.statusCode : 500
  const code = FRAMEWORK_CODES[status]
  return code === undefined ? undefined : problem(code, error.message, [], status)
}

function sentenceOf(fields: readonly FieldError[]): string {
  return fields.map(({ field, reason }) => `${field === '' ? 'the body' : field} ${reason}`).join('; ')
}

const RETRY_AFTER_SECONDS: ReadonlyMap<number, number> = new Map([[429, 60], [503, LIMITS.retryAfterSeconds]])

/** A rate limit knows better, and has said so. */
function sayWhenAgain(reply: FastifyReply, { status }: Problem): void {
  const seconds = RETRY_AFTER_SECONDS.get(status)
  if (seconds !== undefined && !reply.hasHeader('retry-after')) void reply.header('retry-after', seconds)
}

export function sendProblem(reply: FastifyReply, body: Problem): FastifyReply {
  sayWhenAgain(reply, body)
  if (body.status === 401) void reply.header('www-authenticate', 'Bearer')
  // As text: the route's own response schemas must not shape a problem.
  return reply.code(body.status).type(PROBLEM_TYPE).serializer(String).send(JSON.stringify(body))
}

/** How people are told; programs get problem+json. */
export type PageOfProblem = (request: FastifyRequest, reply: FastifyReply, body: Problem) => FastifyReply

export function handleProblems(app: FastifyInstance, asPage: PageOfProblem): void {
  app.setErrorHandler((error, request, reply) => {
    const body = toProblem(error)
    if (body.status >= 500) request.log.error({ err: error, route: request.routeOptions.url }, 'a request failed')
    if (request.routeOptions.config.page !== true) return sendProblem(reply, body)
    sayWhenAgain(reply, body)
    return asPage(request, reply, body)
  })
  app.setNotFoundHandler((request, reply) => {
    const body = problem('NOT_FOUND', `there is no ${request.method} on this path`)
    const isBrowser = request.method === 'GET' && (request.headers.accept ?? '').includes('text/html')
    return isBrowser ? asPage(request, reply, body) : sendProblem(reply, body)
  })
}
