// Every limit of the service, in one place, with its unit in its name. A limit that is hit answers with a
// clear refusal; it never loses what was already accepted.

export const LIMITS = {
  // Bodies and lists
  bodyLimitBytes: 256 * 1024,
  importBodyLimitBytes: 20 * 1024 * 1024,
  pageSizeMax: 200,
  pageSizeDefault: 50,
  reportRangeYears: 5,
  // Lists as files: rows, bytes of a CSV, and what the thread that writes a workbook may take
  exportRowsMax: 100_000,
  exportPageRows: 1_000,
  exportBytesMax: 64 * 1024 * 1024,
  // 1,000,000 cells were seen to take 500 MB; the heap is larger, because a thread that reaches its bound can take the
  // process with it.
  exportCellsMax: 1_000_000,
  exportWorkerHeapMb: 1_536,
  exportTimeoutMs: 120_000,
  exportsWaitingMax: 8,
  // A CSV is made whole in memory before it is sent
  csvExportsAtOnce: 3,
  csvExportsWaitingMax: 24,
  // Uploads that are held in memory while they arrive
  uploadsAtOnce: 6,
  uploadsWaitingMax: 24,
  // Uploaded workbooks: what the thread that reads one may take
  workbookEntriesMax: 500,
  workbookUnpackedBytes: 48 * 1024 * 1024,
  workbookColumnsMax: 100,
  workbookCellsMax: 600_000,
  workbookSheetsMax: 100,
  workbookAllCellsMax: 3_000_000,
  workbookTagsMax: 4_000_000,
  workbookCellChars: 4_000,
  workbookChars: 16 * 1024 * 1024,
  workbookHeapMb: 1_024,
  workbookTimeoutMs: 30_000,
  workbooksWaitingMax: 8,
  // How long a list of students that was looked at may still be taken over
  rosterPreviewMs: 3_600_000,
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
  // Pages: of one person who is signed in; and of one address, which the phones of many parents may share
  pagesPerSessionPerMinute: 600,
  pagesPerAddressPerMinute: 12_000,
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
  // How far from the time of receipt a bank's time is believed; BANK_TIME_AHEAD_DAYS and BANK_TIME_BACK_DAYS change it
  bankTimeAheadDays: 1,
  bankTimeBackDays: 60,
  shards: 16,
  // Idempotent requests: how long a claim without an answer blocks its key, and how long answers are kept
  idempotencyClaimMs: 120_000,
  idempotencyKeepDays: 7,
  // How long a revoked token, or one whose school left its authority, may still be believed by other processes
  tokenCacheMs: 5_000,
  tokenUsedEveryMs: 60_000,
  // People: how long a session lives without and with use; whoever moves money or rights is signed out sooner
  sessionIdleMs: 30 * 60_000,
  readerSessionIdleMs: 4 * 3_600_000,
  sessionLifeMs: 12 * 3_600_000,
  firstFactorLifeMs: 10 * 60_000,
  sessionSeenEveryMs: 60_000,
  sessionKeepDays: 30,
  rolesPerUserMax: 20,
  // Wrong passwords within the window, before each further attempt costs a wait that doubles
  loginWindowMs: 15 * 60_000,
  loginFailuresPerAccount: 10,
  loginFailuresPerAddress: 60,
  loginWaitMs: 60_000,
  loginWaitMaxMs: 15 * 60_000,
  // Wrong codes of the second factor: who guesses them knows the password, so they are remembered for a day; with these
  // waits a day has fewer than 40 guesses
  secondFactorWindowMs: 24 * 3_600_000,
  secondFactorWaitMaxMs: 3_600_000,
  // Password hashing takes 19 MiB and a thread each time
  passwordHashesAtOnce: 2,
  passwordHashesWaiting: 50,
  // A parent's page that is being looked at: how often its bill is asked for, and how many may listen at once. Many
  // phones share one address behind their operator.
  liveEveryMs: 1_000,
  liveBillsMax: 5_000,
  liveConnectionsPerBill: 12,
  liveConnectionsPerAddress: 300,
  liveHeartbeatMs: 20_000,
  liveConnectionMs: 15 * 60_000,
  // What parents may change without a sign-in: the choices of one child in one round, and of all behind one address
  choiceChangesPerDay: 10,
  choiceChangesPerMinute: 120,
  // Wrong birth dates for one child within a day, and how long a right one is believed
  birthDateTriesPerDay: 8,
  birthDateBelievedMs: 30 * 60_000,
  // The check page: questions of one address, and what a photograph may cost
  checksPerMinute: 30,
  checkPhotoBytes: 8 * 1024 * 1024,
  checkPhotoPixels: 25_000_000,
  checkPhotoRawBytes: 100_000_000,
  checkPhotoMs: 5_000,
  checkPhotosAtOnce: 2,
  checkPhotosWaiting: 8,
  checkWorkerHeapMb: 64,
  checkWorkerIdleMs: 60_000,
  // Reports: children in a cell below this many are not shown to an authority (facts, school-fees §7), and how long a
  // snapshot of an authority's figures is shown again; the page prints when it was read
  smallCellMin: 5,
  dashboardKeptMs: 60_000,
  // Snapshots that are not kept are read from the whole of an authority
  dashboardReadingsAtOnce: 2,
  dashboardReadingsWaiting: 10,
  // From SIGTERM to the end
  shutdownTimeoutMs: 25_000,
} as const

export type Limits = { readonly [Name in keyof typeof LIMITS]: number }
