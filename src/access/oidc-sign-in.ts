// Whom of ours did the provider send? Found by issuer and subject, or linked the first time by a verified e-mail
// address that was entered here as the login name; nobody else gets in.
import type { Trx } from '../db/tenancy.js'
import type { Access } from './access.js'
import { recordAudit } from './audit.js'
import type { OidcIdentity } from './oidc.js'
import type { Caller } from './session.js'
import type { SessionStage } from './session-store.js'
import { recordFailure, startSession } from './sign-in.js'
import { findCredentialsByName, findUserByOidc, linkOidc, lockUser } from './user-store.js'
import type { User } from './user-store.js'

export type OidcSignInResult = { kind: 'signed_in'; token: string; stage: SessionStage } | { kind: 'unknown_person' }

export async function signInByOidc(
  access: Access, identity: OidcIdentity, caller: Caller,
): Promise<OidcSignInResult> {
  const session = await access.db.asService(async (trx) => {
    const linked = await findUserByOidc(trx, identity.issuer, identity.subject)
    const found = linked ?? await findByVerifiedEmail(trx, identity)
    const user = found && await lockUser(trx, found.id)
    // Looked at under the lock and before the link: a locked person gains nothing here.
    if (user?.state !== 'active') return { userId: user?.id }
    if (linked === undefined && !await link(trx, user.id, identity, caller)) return { userId: user.id }
    return startSession(access, trx, user, caller, identity.hasProvedMfa ? 'oidc_mfa' : 'oidc')
  })
  if ('token' in session) return { kind: 'signed_in', ...session }
  await recordFailure(access, session.userId, caller.address, 'oidc')
  return { kind: 'unknown_person' }
}

async function findByVerifiedEmail(trx: Trx, { verifiedEmail }: OidcIdentity): Promise<User | undefined> {
  return verifiedEmail === undefined ? undefined : findCredentialsByName(trx, verifiedEmail)
}

/** False when the user is linked to somebody else there. */
async function link(
  trx: Trx, userId: string, { issuer, subject }: OidcIdentity, { address }: Caller,
): Promise<boolean> {
  if (!await linkOidc(trx, userId, issuer, subject)) return false
  const actor = { name: `user:${userId}`, address }
  const record = { objectKind: 'app_user', objectId: userId, after: { oidcIssuer: issuer } }
  await recordAudit(trx, { actor, action: 'user.change', ...record })
  return true
}
