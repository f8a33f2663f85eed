// Shows how far each phase is: a bar on a terminal, a plain line every few seconds in a file or a pipe.
import { Presets, SingleBar } from 'cli-progress'
import { formatWhole } from '../money.js'

export interface Progress {
  /** Runs a phase of `total` steps; `work` ticks once a step. */
  phase<T>(title: string, total: number, work: (tick: () => void) => Promise<T>): Promise<T>
}

const LINE_EVERY_MS = 4_000
const TITLE_CHARS = 34

export function createProgress(print: (line: string) => void, terminal: NodeJS.WriteStream | undefined): Progress {
  return {
    async phase(title, total, work) {
      const startedAt = Date.now()
      const shown = terminal === undefined ? plainLines(title, total, print) : bar(title, total, terminal)
      try {
        const result = await work(shown.tick)
        shown.end(`${title}: ${formatWhole(total)} (${((Date.now() - startedAt) / 1_000).toFixed(1)} s)`)
        return result
      } catch (error) {
        shown.end()
        throw error
      }
    },
  }
}

interface Shown {
  tick: () => void
  end: (line?: string) => void
}

function plainLines(title: string, total: number, print: (line: string) => void): Shown {
  let done = 0
  const timer = setInterval(() => { print(`${title}: ${formatWhole(done)} / ${formatWhole(total)}`) }, LINE_EVERY_MS)
  return {
    tick: () => { done += 1 },
    end(line) {
      clearInterval(timer)
      if (line !== undefined) print(line)
    },
  }
}

function bar(title: string, total: number, stream: NodeJS.WriteStream): Shown {
  const format = `${title.padEnd(TITLE_CHARS)} {bar} {value}/{total} {duration_formatted}`
  const single = new SingleBar({ format, stream, hideCursor: true, barsize: 30 }, Presets.shades_classic)
  single.start(total, 0)
  return { tick: () => { single.increment() }, end: () => { single.stop() } }
}
