// Slows guessing down: takes an attempt before it is tried, and gives it back when it was a good one.
import { createHmac } from 'node:crypto'
import type { Config } from '../config.js'
import type { Database, Trx } from '../db/tenancy.js'
import { forgiveAttempts, lockFailures, saveFailures } from './attempt-store.js'
import type { AttemptKey } from './attempt-store.js'
import { countAttempt } from './login-wait.js'
import type { WaitRule } from './login-wait.js'
import { addressKey } from './network-address.js'
import type { SecretBox } from './secret-box.js'
import { listProvedAddresses } from './session-store.js'
import type { User } from './user-store.js'

export interface Subject {
  kind: AttemptKey['kind']
  name: string
  /** Of an account: the one caller's address that this counter is for. */
  from?: string
}

export interface Attempts {
  /** 0 when it may be tried; otherwise how long to wait, and then nothing was counted. */
  take(subjects: readonly Subject[]): Promise<number>
  /** After a success. */
  forgive(trx: Trx, subjects: readonly Subject[]): Promise<void>
  /** After somebody who manages the person made a new way in. */
  clear(trx: Trx, subjects: readonly Subject[]): Promise<void>
}

/**
 * What a success takes off. An account starts again: whoever knows the password has nothing to guess. An address gets
 * back the one attempt that was no failure. Codes are guessed by somebody who knows the password while the owner signs
 * in every day, so there only that attempt goes and the few slips that somebody makes in front of a right code.
 */
const FORGIVEN: Readonly<Record<Subject['kind'], number | 'all'>> = { account: 'all', address: 1, second_factor: 4 }

export interface AttemptDeps {
  db: Database
  config: Config
  secretBox: SecretBox
  now: () => Date
}

export function createAttempts({ db, config, secretBox, now }: AttemptDeps): Attempts {
  const key = secretBox.deriveKey('login attempts')
  const { loginWaitMs: waitMs, loginFailuresPerAccount: free } = config
  const common = { windowMs: config.loginWindowMs, waitMs, waitMaxMs: config.loginWaitMaxMs }
  const rules: Readonly<Record<Subject['kind'], WaitRule>> = {
    account: { ...common, free },
    address: { ...common, free: config.loginFailuresPerAddress },
    second_factor: { free, waitMs, windowMs: config.secondFactorWindowMs, waitMaxMs: config.secondFactorWaitMaxMs },
  }
  const keyOf = ({ kind, name, from }: Subject): AttemptKey =>
    ({ kind, hmac: createHmac('sha256', key).update(JSON.stringify([kind, name, from ?? null])).digest() })

  return {
    async take(subjects) {
      const at = now()
      return db.asService(async (trx) => {
        const counted = []
        for (const subject of subjects) {
          const attemptKey = keyOf(subject)
          const outcome = countAttempt(await lockFailures(trx, attemptKey, at), at, rules[subject.kind])
          if (!outcome.allowed) return outcome.waitMs
          counted.push({ attemptKey, next: outcome.next })
        }
        for (const { attemptKey, next } of counted) await saveFailures(trx, attemptKey, next)
        return 0
      })
    },
    async forgive(trx, subjects) {
      for (const subject of subjects) await forgiveAttempts(trx, keyOf(subject), FORGIVEN[subject.kind])
    },
    async clear(trx, subjects) {
      for (const subject of subjects) await forgiveAttempts(trx, keyOf(subject), 'all')
    },
  }
}

/**
 * In this order everywhere: the rows are locked one after the other. An address from which the account was entered
 * before is counted by itself, so that nobody who knows a login name keeps its owner waiting there.
 */
export async function signInSubjects(db: Database, loginName: string, address: string | null): Promise<Subject[]> {
  const from = addressKey(address ?? '')
  const known = await db.asService((trx) => listProvedAddresses(trx, loginName))
  const isKnown = known.some((one) => addressKey(one) === from)
  return [{ kind: 'account', name: loginName, ...(isKnown ? { from } : {}) }, { kind: 'address', name: from }]
}

/** Every counter that can keep this person from signing in, but those of addresses. */
export async function countersOf(trx: Trx, { id, loginName }: Pick<User, 'id' | 'loginName'>): Promise<Subject[]> {
  const known = new Set((await listProvedAddresses(trx, loginName)).map(addressKey))
  return [
    { kind: 'account', name: loginName },
    ...[...known].map((from): Subject => ({ kind: 'account', name: loginName, from })),
    { kind: 'second_factor', name: id },
  ]
}
