// The program behind `npm test [-- <path>...]`: starts one embedded database, runs every compiled test file
// against it, and ends with the line `N passed, N failed` (assertions). The server is stopped on every way out.
// It runs only files whose source still exists, so that an old build cannot pass for a removed test.
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import path from 'node:path'
import { projectRoot } from '../../src/db/migrations-dir.js'
import { startThrowawayServer } from './server.js'
import { runTestFile } from './tap-file.js'
import type { FileReport } from './tap-file.js'

// Test files that share a Redis empty it before they begin, so they take turns.
const filesAtOnce = process.env['TEST_REDIS_URL'] ? 1 : Math.min(4, availableParallelism())

/**
 * The dearest first, as measured: a long file that begins last would be waited for alone. Everything else follows by
 * its name.
 */
const DEAREST = [
  'test/flow/demo.test.ts', 'test/browser/pages', 'test/browser/province.test.ts', 'test/property/',
  'test/browser/parent.test.ts', 'test/browser/', 'test/access/matrix.test.ts', 'test/web/walk',
]

const interruption = new AbortController()
// Not `once`: Ctrl-C comes from the terminal and from npm, and the second must not cut short the cleaning.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => interruption.abort())

process.exitCode = await main(process.argv.slice(2))

async function main(wanted: string[]): Promise<number> {
  const files = await findTestFiles(wanted)
  const isServerGiven = process.env['TEST_DATABASE_OWNER_URL'] !== undefined
  const server = isServerGiven || files.length === 0 ? undefined : await startThrowawayServer()
  if (server !== undefined) {
    process.env['TEST_DATABASE_OWNER_URL'] = server.ownerUrl
    process.env['TEST_DATABASE_SERVICE_URL'] = server.serviceUrl
  }
  const sharedFolder = await mkdtemp(path.join(tmpdir(), 'school-fees-tests-'))
  process.env['TEST_SHARED_FOLDER'] = sharedFolder
  try {
    const reports = await runAll(files)
    const sum = (count: (report: FileReport) => number) => reports.reduce((total, report) => total + count(report), 0)
    const failed = sum((report) => report.failed)
    console.log(`\n${sum((report) => report.passed)} passed, ${failed} failed`)
    if (interruption.signal.aborted) return 130
    return failed > 0 || files.length === 0 ? 1 : 0
  } finally {
    await server?.stop()
    await rm(sharedFolder, { recursive: true, force: true })
  }
}

/** Test sources, as paths from the project's root; `wanted` are beginnings of such paths, none means all. */
async function findTestFiles(wanted: string[]): Promise<string[]> {
  const names = await readdir(path.join(projectRoot, 'test'), { recursive: true })
  const files = names.map((name) => path.join('test', name)).filter((name) => name.endsWith('.test.ts')).sort()
  const beginnings = wanted.map((given) => path.relative(projectRoot, path.resolve(given)))
  for (const beginning of beginnings) {
    if (files.some((file) => file.startsWith(beginning))) continue
    console.error(`No test file begins with ${beginning}.`)
    return []
  }
  return dearestFirst(
    files.filter((file) => wanted.length === 0 || beginnings.some((beginning) => file.startsWith(beginning))))
}

function dearestFirst(files: readonly string[]): string[] {
  const rank = (file: string) => {
    const found = DEAREST.findIndex((beginning) => file.startsWith(beginning))
    return found < 0 ? DEAREST.length : found
  }
  return files.toSorted((one, other) => rank(one) - rank(other))
}

async function runAll(files: string[]): Promise<FileReport[]> {
  const queue = [...files]
  const reports: FileReport[] = []
  const takeTurns = async () => {
    for (let file = queue.shift(); file !== undefined; file = queue.shift()) {
      if (interruption.signal.aborted) return
      const compiled = path.join(projectRoot, 'build', file.replace(/\.ts$/, '.js'))
      const report = await runTestFile(compiled, interruption.signal)
      tell(file, report)
      reports.push(report)
    }
  }
  await Promise.all(Array.from({ length: filesAtOnce }, takeTurns))
  return reports
}

function tell(file: string, report: FileReport): void {
  const counts = [
    `${report.passed} passed`,
    ...(report.failed > 0 ? [`${report.failed} FAILED`] : []),
    ...(report.skipped > 0 ? [`${report.skipped} skipped`] : []),
  ]
  const seconds = (report.durationMs / 1000).toFixed(1)
  console.log(`${report.failed > 0 ? 'FAIL' : 'ok  '} ${file} (${counts.join(', ')}, ${seconds} s)`)
  if (report.failed === 0) return
  for (const failure of report.failures) console.log(`  - ${failure.replaceAll('\n', '\n    ')}`)
  if (report.output.trim() !== '') console.log(`  output:\n    ${report.output.trim().replaceAll('\n', '\n    ')}`)
}
