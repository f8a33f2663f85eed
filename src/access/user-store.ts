// The only SQL on app_user and recovery_code.
import type { Trx } from '../db/tenancy.js'

export interface User {
  id: string
  loginName: string
  displayName: string
  state: 'active' | 'locked'
  mustChangePassword: boolean
  hasPassword: boolean
  /** Undefined in state: an enrolment may have begun and not been confirmed. */
  hasTotp: boolean
  createdAt: Date
}

/** What signing in needs and nothing else may see. */
export interface Credentials extends User {
  passwordHash: string | null
  sealedTotpSecret: Buffer | null
  /** The session that was shown the secret, until it is confirmed. */
  totpSessionId: string | null
}

export interface NewUser {
  id: string
  loginName: string
  displayName: string
  passwordHash: string | null
  mustChangePassword: boolean
}

const COLUMNS = ['id', 'login_name', 'display_name', 'state', 'must_change_password', 'created_at', 'password_hash',
  'sealed_totp_secret', 'totp_session_id', 'totp_confirmed_at'] as const

interface Row {
  id: string
  login_name: string
  display_name: string
  state: 'active' | 'locked'
  must_change_password: boolean
  created_at: Date
  password_hash: string | null
  sealed_totp_secret: Buffer | null
  totp_session_id: string | null
  totp_confirmed_at: Date | null
}

function toCredentials(row: Row): Credentials {
  const { password_hash: passwordHash, sealed_totp_secret: sealedTotpSecret, totp_session_id: totpSessionId } = row
  return { ...toUser(row), passwordHash, sealedTotpSecret, totpSessionId }
}

function toUser(row: Row): User {
  return {
    id: row.id,
    loginName: row.login_name,
    displayName: row.display_name,
    state: row.state,
    mustChangePassword: row.must_change_password,
    hasPassword: row.password_hash !== null,
    hasTotp: row.totp_confirmed_at !== null,
    createdAt: row.created_at,
  }
}

export async function insertUser(trx: Trx, user: NewUser): Promise<void> {
  await trx.insertInto('app_user').values({
    id: user.id,
    login_name: user.loginName,
    display_name: user.displayName,
    password_hash: user.passwordHash,
    must_change_password: user.mustChangePassword,
  }).execute()
}

/** Served by app_user_login_name_key. */
export async function findCredentialsByName(trx: Trx, loginName: string): Promise<Credentials | undefined> {
  const row = await trx.selectFrom('app_user').select(COLUMNS).where('login_name', '=', loginName).executeTakeFirst()
  return row && toCredentials(row)
}

export async function findCredentials(trx: Trx, id: string): Promise<Credentials | undefined> {
  const row = await trx.selectFrom('app_user').select(COLUMNS).where('id', '=', id).executeTakeFirst()
  return row && toCredentials(row)
}

/** The user, and no other writer of it until the transaction ends. */
export async function lockUser(trx: Trx, id: string): Promise<User | undefined> {
  const row = await lockRow(trx, id)
  return row && toUser(row)
}

/** As `lockUser`, with what signing in needs. */
export async function lockCredentials(trx: Trx, id: string): Promise<Credentials | undefined> {
  const row = await lockRow(trx, id)
  return row && toCredentials(row)
}

/**
 * The user whose password was checked before this transaction, locked as by `lockCredentials`. Undefined when the
 * password was replaced or the person locked since.
 */
export async function lockProved(
  trx: Trx, { id, passwordHash }: Pick<Credentials, 'id' | 'passwordHash'>,
): Promise<Credentials | undefined> {
  const user = await lockCredentials(trx, id)
  return user?.state === 'active' && user.passwordHash === passwordHash ? user : undefined
}

async function lockRow(trx: Trx, id: string): Promise<Row | undefined> {
  return trx.selectFrom('app_user').select(COLUMNS).where('id', '=', id).forUpdate().executeTakeFirst()
}

/** Served by app_user_oidc_key. */
export async function findUserByOidc(trx: Trx, issuer: string, subject: string): Promise<User | undefined> {
  const row = await trx.selectFrom('app_user').select(COLUMNS)
    .where('oidc_issuer', '=', issuer).where('oidc_subject', '=', subject).executeTakeFirst()
  return row && toUser(row)
}

/** False when the user is linked to somebody already. */
export async function linkOidc(trx: Trx, id: string, issuer: string, subject: string): Promise<boolean> {
  const linked = await trx.updateTable('app_user').set({ oidc_issuer: issuer, oidc_subject: subject })
    .where('id', '=', id).where('oidc_subject', 'is', null).returning('id').executeTakeFirst()
  return linked !== undefined
}

export interface UserChange {
  displayName?: string
  state?: 'active' | 'locked'
}

export async function updateUser(trx: Trx, id: string, change: UserChange, at: Date): Promise<void> {
  await trx.updateTable('app_user').set({
    updated_at: at,
    ...(change.displayName === undefined ? {} : { display_name: change.displayName }),
    ...(change.state === undefined ? {} : { state: change.state }),
  }).where('id', '=', id).execute()
}

export async function savePassword(
  trx: Trx, id: string, { hash, mustChange, at }: { hash: string; mustChange: boolean; at: Date },
): Promise<void> {
  await trx.updateTable('app_user')
    .set({ password_hash: hash, must_change_password: mustChange, updated_at: at })
    .where('id', '=', id).execute()
}

/** A secret that is not confirmed yet, and the session that was shown it, if any; null takes the second factor away. */
export async function saveTotpSecret(
  trx: Trx, id: string, secret: { sealed: Buffer; sessionId: string | null } | null,
): Promise<void> {
  await trx.updateTable('app_user').set({
    sealed_totp_secret: secret?.sealed ?? null,
    totp_session_id: secret?.sessionId ?? null,
    totp_confirmed_at: null,
    last_totp_step: null,
  })
    .where('id', '=', id).execute()
}

export async function confirmTotp(trx: Trx, id: string, at: Date): Promise<void> {
  await trx.updateTable('app_user').set({ totp_confirmed_at: at, totp_session_id: null }).where('id', '=', id).execute()
}

/** False when this step or a later one was used before: each code opens once, also for two requests at once. */
export async function spendTotpStep(trx: Trx, id: string, step: number): Promise<boolean> {
  const spent = await trx.updateTable('app_user').set({ last_totp_step: step }).where('id', '=', id)
    .where((eb) => eb.or([eb('last_totp_step', 'is', null), eb('last_totp_step', '<', step)]))
    .returning('id').executeTakeFirst()
  return spent !== undefined
}

/** The codes of before no longer open anything. */
export async function replaceRecoveryCodes(trx: Trx, userId: string, hmacs: readonly Buffer[]): Promise<void> {
  await trx.deleteFrom('recovery_code').where('user_id', '=', userId).execute()
  if (hmacs.length === 0) return
  await trx.insertInto('recovery_code').values(hmacs.map((hmac) => ({ user_id: userId, code_hmac: hmac }))).execute()
}

/** False when there is no such code or it was used. */
export async function spendRecoveryCode(trx: Trx, userId: string, hmac: Buffer, at: Date): Promise<boolean> {
  const spent = await trx.updateTable('recovery_code').set({ used_at: at })
    .where('user_id', '=', userId).where('code_hmac', '=', hmac).where('used_at', 'is', null)
    .returning('user_id').executeTakeFirst()
  return spent !== undefined
}

export async function countRecoveryCodes(trx: Trx, userId: string): Promise<number> {
  const { count } = await trx.selectFrom('recovery_code').select((eb) => eb.fn.countAll<number>().as('count'))
    .where('user_id', '=', userId).where('used_at', 'is', null).executeTakeFirstOrThrow()
  return count
}
