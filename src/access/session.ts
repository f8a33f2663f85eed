// Whose session is this, and what may they do with it now? The token is in the browser's cookie alone; a session that
// was ended, that lay idle or that ran out opens nothing.
import { createHmac } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { Config } from '../config.js'
import type { Database, Trx } from '../db/tenancy.js'
import { vietnamDay } from '../time.js'
import type { Grant } from './actor.js'
import { needsSecondFactor, scopesOf } from './permission.js'
import { listAssignments } from './role-store.js'
import type { NamedAssignment } from './role-store.js'
import type { SecretBox } from './secret-box.js'
import { findLiveSession, insertSession, revokeSessions, touchSession } from './session-store.js'
import type { LiveSession, SessionStage } from './session-store.js'
import { hashToken, makeSessionToken } from './token.js'
import type { Viewer } from './viewer.js'

export interface Session extends LiveSession {
  assignments: readonly NamedAssignment[]
  csrfToken: string
}

/** Who asks, from where: kept with a session so that its owner recognises it. */
export interface Caller {
  address: string | null
  /** As `deviceName` calls it. */
  agent: string | null
}

export interface Sessions {
  find(token: string): Promise<Session | undefined>
  /** The token is returned once and only its hash is kept. */
  start(trx: Trx, userId: string, stage: SessionStage, caller: Caller): Promise<{ token: string; id: string }>
  /** All of a user, one, or all but one; `forget` the user once it is committed. */
  end(trx: Trx, userId: string, which?: { onlyId?: string; exceptId?: string }): Promise<number>
  /** After a change to a user, to the roles or to the sessions; other processes notice within `tokenCacheMs`. */
  forget(userId: string): void
}

export interface SessionDeps {
  db: Database
  config: Config
  secretBox: SecretBox
  now: () => Date
}

const SESSIONS_REMEMBERED = 5_000

export function createSessions({ db, config, secretBox, now }: SessionDeps): Sessions {
  const known = new LRUCache<string, Session>({ max: SESSIONS_REMEMBERED, ttl: config.tokenCacheMs })
  const csrfKey = secretBox.deriveKey('csrf token')

  async function read(token: string, sha256: Buffer): Promise<Session | undefined> {
    return db.asService(async (trx) => {
      const found = await findLiveSession(trx, sha256)
      if (found === undefined) return undefined
      const assignments = await listAssignments(trx, [found.userId], vietnamDay(now()))
      const csrfToken = createHmac('sha256', csrfKey).update(token).digest('base64url')
      return { ...found, assignments, csrfToken }
    })
  }

  return {
    async find(token) {
      const sha256 = hashToken(token)
      const key = sha256.toString('base64')
      const session = known.get(key) ?? await read(token, sha256)
      if (session === undefined || hasRunOut(session, now(), config)) return undefined
      if (now().getTime() - session.lastSeenAt.getTime() >= config.sessionSeenEveryMs) {
        session.lastSeenAt = now()
        await db.asService((trx) => touchSession(trx, session.id, session.lastSeenAt))
      }
      if (!known.has(key)) known.set(key, session)
      return session
    },
    async start(trx, userId, stage, { address, agent }) {
      const token = makeSessionToken()
      const at = now()
      const lifeMs = stage === 'full' ? config.sessionLifeMs : config.firstFactorLifeMs
      const id = await insertSession(trx, {
        userId, stage, at, address, agent, tokenSha256: hashToken(token), expiresAt: new Date(at.getTime() + lifeMs),
      })
      return { token, id }
    },
    async end(trx, userId, which) {
      return (await revokeSessions(trx, userId, now(), which)).length
    },
    forget(userId) {
      for (const [key, session] of known.entries()) if (session.userId === userId) known.delete(key)
    },
  }
}

function hasRunOut({ expiresAt, lastSeenAt, assignments }: Session, now: Date, config: Config): boolean {
  const idleMs = assignments.some(({ role }) => needsSecondFactor(role))
    ? config.sessionIdleMs
    : config.readerSessionIdleMs
  return expiresAt <= now || now.getTime() - lastSeenAt.getTime() >= idleMs
}

/** What the roles of a person amount to; none before the second factor. */
export function grantsOf({ stage, assignments }: Pick<Session, 'stage' | 'assignments'>): Grant[] {
  if (stage !== 'full') return []
  return assignments.map(({ role, schoolId, authorityId }) => ({ scopes: scopesOf(role), schoolId, authorityId }))
}

export function viewerOf(session: Session): Viewer {
  const grants = grantsOf(session)
  return {
    userId: session.userId,
    displayName: session.displayName,
    csrfToken: session.csrfToken,
    assignments: session.assignments,
    may: (scope, { schoolId, authorityId } = {}) => grants.some((grant) =>
      grant.scopes.includes(scope) &&
      ((grant.schoolId === null && grant.authorityId === null) ||
        (schoolId !== undefined && grant.schoolId === schoolId) ||
        (authorityId !== undefined && grant.authorityId === authorityId))),
  }
}
