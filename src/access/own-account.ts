// What is my account, and where am I signed in? A person's own view of themselves.
import type { Access } from './access.js'
import type { NamedAssignment } from './role-store.js'
import type { Session } from './session.js'
import { listLiveSessions } from './session-store.js'
import type { SessionRow } from './session-store.js'
import { countRecoveryCodes, findCredentials } from './user-store.js'

export interface OwnSession extends SessionRow {
  /** The one that asks. */
  current: boolean
}

export interface OwnAccount {
  loginName: string
  hasPassword: boolean
  hasTotp: boolean
  /** That are not used yet. */
  recoveryCodes: number
  roles: readonly NamedAssignment[]
  sessions: OwnSession[]
}

export async function listOwnSessions(
  { db, now }: Pick<Access, 'db' | 'now'>, session: Pick<Session, 'id' | 'userId'>,
): Promise<OwnSession[]> {
  const rows = await db.asService((trx) => listLiveSessions(trx, session.userId, now()))
  return rows.map((row) => ({ ...row, current: row.id === session.id }))
}

export async function readOwnAccount(access: Pick<Access, 'db' | 'now'>, session: Session): Promise<OwnAccount> {
  const { userId, loginName, assignments: roles } = session
  const { hasPassword, hasTotp, recoveryCodes } = await access.db.asService(async (trx) => {
    const user = await findCredentials(trx, userId)
    return {
      hasPassword: user?.hasPassword === true, hasTotp: user?.hasTotp === true,
      recoveryCodes: await countRecoveryCodes(trx, userId),
    }
  })
  return { loginName, hasPassword, hasTotp, recoveryCodes, roles, sessions: await listOwnSessions(access, session) }
}
