// What did one test file say? Runs a compiled file in a process of its own and counts its assertions from
// the TAP that it prints. A file that crashes, hangs, is cut short or tests nothing has failed.
import { spawn } from 'node:child_process'
import { Parser } from 'tap-parser'
import type { FinalResults, Result } from 'tap-parser'

/**
 * How long a file may go without an assertion, not how long it may take: that says more of the machine than of it.
 * The longest silence on two free cores is 20 s.
 */
const SILENCE_MAX_MS = 10 * 60_000
/** What tap needs to say which tests were open; a process that is caught in a loop does not even hear the alarm. */
const LAST_WORDS_MS = 10_000

export interface FileReport {
  passed: number
  failed: number
  skipped: number
  /** One text per failed assertion or fault of the whole file. */
  failures: string[]
  /** Whatever the file printed beside TAP. */
  output: string
  durationMs: number
}

export async function runTestFile(
  file: string, signal: AbortSignal, { silenceMaxMs = SILENCE_MAX_MS }: { silenceMaxMs?: number } = {},
): Promise<FileReport> {
  const startedAt = performance.now()
  const report: FileReport = { passed: 0, failed: 0, skipped: 0, failures: [], output: '', durationMs: 0 }
  const faults: string[] = []
  // Being a child of a runner makes tap leave out its own summary; its own time-out counts time, so it has none.
  const env = { ...process.env, TAP_CHILD_ID: '1', TAP_TIMEOUT: '0' }
  const child = spawn(process.execPath, ['--enable-source-maps', file], {
    env, stdio: ['ignore', 'pipe', 'pipe'], signal, killSignal: 'SIGKILL',
  })
  const silence = watchSilence(silenceMaxMs, () => {
    fail(report, `no assertion for ${silenceMaxMs / 1000} s: it hangs`)
    child.kill('SIGALRM')
    return setTimeout(() => child.kill('SIGKILL'), LAST_WORDS_MS)
  })
  const results = new Promise<FinalResults>((resolve) => {
    child.stdout.pipe(watch(new Parser(resolve), report, faults, silence.isBroken))
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => { report.output += text })
  const ending = await new Promise<string | undefined>((resolve) => {
    child.once('error', (error) => resolve(error.message))
    child.once('close', (code, killedBy) => resolve(
      killedBy !== null ? `killed by ${killedBy}` : code === 0 ? undefined : `exit code ${code}`))
  })
  silence.end()
  const { ok } = await results
  if (report.failed === 0 && (ending !== undefined || !ok)) fail(report, [ending, ...faults].filter(Boolean).join('; '))
  else if (report.passed + report.failed + report.skipped === 0) fail(report, 'the file ran no test')
  report.durationMs = performance.now() - startedAt
  return report
}

/** Calls `hangs` once nothing has broken the silence for so long; the timer that it starts ends with the watch. */
export function watchSilence(
  maxMs: number, hangs: () => NodeJS.Timeout,
): { isBroken: () => void, end: () => void } {
  // Over when it hangs, and when the file has ended: its last assertions may be read after that.
  let isOver = false
  const start = () => setTimeout(() => {
    isOver = true
    timer = hangs()
  }, maxMs)
  let timer = start()
  return {
    isBroken() {
      if (isOver) return
      clearTimeout(timer)
      timer = start()
    },
    end() {
      isOver = true
      clearTimeout(timer)
    },
  }
}

function fail(report: FileReport, reason: string): void {
  report.failed += 1
  report.failures.push(reason === '' ? 'the file ended before its tests did' : reason)
}

/** Counts the leaves: a test point that closes a subtest only repeats what is inside. */
function watch(parser: Parser, report: FileReport, faults: string[], onAssert: () => void): Parser {
  parser.on('child', (child: Parser) => watch(child, report, faults, onAssert))
  parser.on('extra', (text: string) => { report.output += text })
  parser.on('bailout', (reason: string) => faults.push(`bailed out: ${reason}`))
  parser.on('complete', (results: FinalResults) => {
    for (const failure of results.failures) if (failure.tapError) faults.push(failure.tapError)
  })
  parser.on('assert', (result: Result) => {
    onAssert()
    if (result.skip !== false || result.todo !== false) report.skipped += 1
    else if (result.ok) report.passed += result.closingTestPoint ? 0 : 1
    else if (!result.closingTestPoint) fail(report, describe(parser, result))
  })
  return parser
}

function describe(parser: Parser, result: Result): string {
  const diagnostics: unknown = result.diag
  const lines = [[parser.fullname, result.name].filter(Boolean).join(' > ')]
  if (typeof diagnostics !== 'object' || diagnostics === null) return lines.join('\n')
  for (const [key, value] of Object.entries(diagnostics)) {
    if (key === 'at' || key === 'source' || key === 'compare') continue
    const text = typeof value === 'string' ? value : JSON.stringify(value)
    lines.push(`  ${key}: ${text.trimEnd().replaceAll('\n', '\n    ')}`)
  }
  return lines.join('\n')
}
