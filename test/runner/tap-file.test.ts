// How the runner judges a file that goes silent: the files are written here, and import tap from this project.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { mock } from 'node:test'
import t from 'tap'
import type { Test } from 'tap'
import { projectRoot } from '../../src/db/migrations-dir.js'
import { runTestFile, watchSilence } from '../support/tap-file.js'

const NEVER = new AbortController().signal
const IMPORT = `import t from 'tap'`

async function fileOf(t: Test, ...lines: string[]): Promise<string> {
  const folder = await mkdtemp(path.join(projectRoot, 'build', 'silence-'))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  const file = path.join(folder, 'written.mjs')
  await writeFile(file, [IMPORT, ...lines].join('\n'))
  return file
}

t.test('a file that says nothing for too long is ended and has failed', async (t) => {
  const file = await fileOf(t,
    `t.test('waits for ever', async () => { await new Promise((never) => setInterval(never, 2 ** 30)) })`)
  const report = await runTestFile(file, NEVER, { silenceMaxMs: 5_000 })
  t.equal(report.failures[0], 'no assertion for 5 s: it hangs')
})

t.test('a file that does not even hear the alarm is killed', async (t) => {
  const report = await runTestFile(await fileOf(t, 'for (;;);'), NEVER, { silenceMaxMs: 1_000 })
  t.match(report.failures, ['no assertion for 1 s: it hangs'])
})

t.test('how long a file takes in all is no fault: each assertion starts the count anew', async (t) => {
  mock.timers.enable({ apis: ['setTimeout'] })
  t.teardown(() => { mock.timers.reset() })
  let hung = 0
  const silence = watchSilence(1_000, () => {
    hung += 1
    return setTimeout(() => undefined, 1)
  })
  for (let assertions = 0; assertions < 50; assertions++) {
    mock.timers.tick(999)
    silence.isBroken()
  }
  t.equal(hung, 0)
  mock.timers.tick(1_000)
  t.equal(hung, 1)
  silence.end()

  const ended = watchSilence(1_000, () => { throw new Error('it has ended') })
  ended.end()
  ended.isBroken()
  t.doesNotThrow(() => { mock.timers.tick(1_000) }, 'what is read after the end starts nothing')
})
