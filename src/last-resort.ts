// What happens to an error that nobody caught. A promise that failed unheard is logged and the process goes on: nothing
// but that promise was lost. After an exception that nobody caught no state can be trusted, so the process ends in
// order, with exit code 1: answers under way are finished first. No log line quotes the error's own words.
import type { FastifyBaseLogger } from 'fastify'

/** Resolves at the first exception that nobody caught, with the exit code set; whoever waits has to close all. */
export function untilUncaught(log: Pick<FastifyBaseLogger, 'error' | 'fatal'>): Promise<void> {
  leaveBrokenPipesAlone()
  process.on('unhandledRejection', (reason) => {
    log.error({ fault: describeFault(reason) }, 'a promise failed and nobody waited for it; the process goes on')
  })
  return new Promise((resolve) => {
    process.on('uncaughtException', (error) => {
      log.fatal({ fault: describeFault(error) }, 'an exception that nobody caught; the process ends in order')
      process.exitCode = 1
      resolve()
    })
  })
}

export interface Fault {
  type: string
  code?: string
  /** Where it was thrown: file and line of each call, innermost first. */
  at: readonly string[]
}

/** An error without its words, which may quote what somebody typed: its kind, its code and the places in the code. */
export function describeFault(error: unknown): Fault {
  if (!(error instanceof Error)) return { type: `a thrown ${typeof error}`, at: [] }
  const code: unknown = Object.getOwnPropertyDescriptor(error, 'code')?.value
  const at = (error.stack ?? '').split('\n').map((line) => line.trim()).filter((line) => FRAME.test(line))
  return { type: error.constructor.name, ...(typeof code === 'string' ? { code } : {}), at }
}

const FRAME = /^at .*:\d+:\d+\)?$/

/** Whoever reads the output may go away first; the service has more to do than to tell. */
function leaveBrokenPipesAlone(): void {
  for (const output of [process.stdout, process.stderr]) output.on('error', () => undefined)
}
