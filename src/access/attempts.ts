// Slows guessing down: takes an attempt before it is tried, and gives it back when it was a good one.
import { createHmac } from 'node:crypto'
import type { Config } from '../config.js'
import type { Database, Trx } from '../db/tenancy.js'
import { forgiveAttempt, lockFailures, saveFailures } from './attempt-store.js'
import type { AttemptKey } from './attempt-store.js'
import { countAttempt } from './login-wait.js'
import type { WaitRule } from './login-wait.js'
import { callerOf } from './network-address.js'
import type { SecretBox } from './secret-box.js'

export interface Subject {
  kind: AttemptKey['kind']
  name: string
}

export interface Attempts {
  /** 0 when it may be tried; otherwise how long to wait, and then nothing was counted. */
  take(subjects: readonly Subject[]): Promise<number>
  /** After a success. */
  forgive(trx: Trx, subjects: readonly Subject[]): Promise<void>
}

export interface AttemptDeps {
  db: Database
  config: Config
  secretBox: SecretBox
  now: () => Date
}

export function createAttempts({ db, config, secretBox, now }: AttemptDeps): Attempts {
  const key = secretBox.deriveKey('login attempts')
  const common = { windowMs: config.loginWindowMs, waitMs: config.loginWaitMs, waitMaxMs: config.loginWaitMaxMs }
  const ruleOf = (kind: Subject['kind']): WaitRule =>
    ({ ...common, free: kind === 'address' ? config.loginFailuresPerAddress : config.loginFailuresPerAccount })
  const keyOf = ({ kind, name }: Subject): AttemptKey =>
    ({ kind, hmac: createHmac('sha256', key).update(`${kind} ${name}`).digest() })

  return {
    async take(subjects) {
      const at = now()
      return db.asService(async (trx) => {
        const counted = []
        for (const subject of subjects) {
          const attemptKey = keyOf(subject)
          const outcome = countAttempt(await lockFailures(trx, attemptKey, at), at, ruleOf(subject.kind))
          if (!outcome.allowed) return outcome.waitMs
          counted.push({ attemptKey, next: outcome.next })
        }
        for (const { attemptKey, next } of counted) await saveFailures(trx, attemptKey, next)
        return 0
      })
    },
    async forgive(trx, subjects) {
      for (const subject of subjects) await forgiveAttempt(trx, keyOf(subject))
    },
  }
}

/** In this order everywhere: the rows are locked one after the other. */
export function signInSubjects(loginName: string, address: string | null): Subject[] {
  return [{ kind: 'account', name: loginName }, { kind: 'address', name: callerOf(address ?? '') }]
}
