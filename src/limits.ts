// Every limit of the service, in one place, with its unit in its name. A limit that is hit answers with a
// clear refusal; it never loses what was already accepted.

export const LIMITS = {
  // Bodies and lists
  bodyLimitBytes: 256 * 1024,
  importBodyLimitBytes: 20 * 1024 * 1024,
  pageSizeMax: 200,
  pageSizeDefault: 50,
  reportRangeYears: 5,
  // HTTP connections. Keep-alive outlives the 60 s of common load balancers, so that they close first.
  requestTimeoutMs: 60_000,
  headersTimeoutMs: 15_000,
  connectionTimeoutMs: 120_000,
  keepAliveTimeoutMs: 72_000,
  // 0 switches it off. Less than this is seen on a small machine that also runs its own database.
  eventLoopDelayMaxMs: 3_000,
  retryAfterSeconds: 5,
  // Requests of one address: a ceiling for a runaway program, and a low one for wrong tokens and signatures.
  apiRequestsPerMinute: 60_000,
  failedProofsPerMinute: 60,
  // Database
  dbConnectionsMax: 20,
  dbConnectTimeoutMs: 5_000,
  statementTimeoutMs: 60_000,
  lockTimeoutMs: 10_000,
  transactionRetries: 4,
  // Inbox and posting
  ingestQueueLength: 5_000,
  ingestBatchRows: 500,
  postingBatchRows: 500,
  leaseMs: 20_000,
  // From which attempt a callback runs alone, and after how many it is parked in review
  aloneFromAttempt: 3,
  maxAttempts: 8,
  deadlyAttempts: 24,
  retryBaseMs: 1_000,
  retryMaxMs: 600_000,
  sweepEveryMs: 5_000,
  shards: 16,
  // Idempotent requests: how long a claim without an answer blocks its key, and how long answers are kept
  idempotencyClaimMs: 120_000,
  idempotencyKeepDays: 7,
  // How long a revoked token, or one whose school left its authority, may still be believed by other processes
  tokenCacheMs: 5_000,
  // From SIGTERM to the end
  shutdownTimeoutMs: 25_000,
} as const

export type Limits = { readonly [Name in keyof typeof LIMITS]: number }
