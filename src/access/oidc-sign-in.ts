// Whom of ours did the provider send? Found by issuer and subject, or linked the first time by a verified e-mail
// address that was entered here as the login name; nobody else gets in.
import type { Trx } from '../db/tenancy.js'
import type { Access } from './access.js'
import { recordAudit } from './audit.js'
import type { OidcIdentity } from './oidc.js'
import type { Caller } from './session.js'
import type { SessionStage } from './session-store.js'
import { recordFailure, startSession } from './sign-in.js'
import { findCredentialsByName, findUserByOidc, linkOidc } from './user-store.js'
import type { User } from './user-store.js'

export type OidcSignInResult = { kind: 'signed_in'; token: string; stage: SessionStage } | { kind: 'unknown_person' }

export async function signInByOidc(
  access: Access, identity: OidcIdentity, caller: Caller,
): Promise<OidcSignInResult> {
  const session = await access.db.asService(async (trx) => {
    const user = await findUserByOidc(trx, identity.issuer, identity.subject) ?? await link(trx, identity, caller)
    if (user?.state !== 'active') return { userId: user?.id }
    return startSession(access, trx, user, caller, identity.hasProvedMfa ? 'oidc_mfa' : 'oidc')
  })
  if ('token' in session) return { kind: 'signed_in', ...session }
  await recordFailure(access, session.userId, caller.address, 'oidc')
  return { kind: 'unknown_person' }
}

async function link(
  trx: Trx, { issuer, subject, verifiedEmail }: OidcIdentity, { address }: Caller,
): Promise<User | undefined> {
  const user = verifiedEmail === undefined ? undefined : await findCredentialsByName(trx, verifiedEmail)
  if (user === undefined || !await linkOidc(trx, user.id, issuer, subject)) return undefined
  const actor = { name: `user:${user.id}`, address }
  const record = { objectKind: 'app_user', objectId: user.id, after: { oidcIssuer: issuer } }
  await recordAudit(trx, { actor, action: 'user.change', ...record })
  return user
}
