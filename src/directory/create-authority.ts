// Makes an authority and, from the same day on, its place in the tree.
import { v7 as uuidv7 } from 'uuid'
import type { Actor } from '../access/actor.js'
import { recordAudit } from '../access/audit.js'
import type { Trx } from '../db/tenancy.js'
import { DomainError } from '../errors.js'
import { schoolYearOf, schoolYearStart, vietnamDay } from '../time.js'
import type { Day } from '../time.js'
import { findAuthority, insertAuthority, insertLink } from './authority-store.js'
import type { AuthorityRow } from './authority-store.js'
import { checkParent } from './authority.js'
import type { AuthorityKind } from './authority.js'
import type { DirectoryDeps } from './directory-deps.js'
import { tidyText } from './school.js'

export interface NewAuthority {
  kind: AuthorityKind
  name: string
  code?: string | undefined
  parentId?: string | undefined
  /** Default: the first day of this school year; what we are told of was there before we heard of it. */
  validFrom?: Day | undefined
}

export async function createAuthority(
  { db, now }: DirectoryDeps,
  actor: Actor,
  wanted: NewAuthority,
): Promise<AuthorityRow> {
  const { kind, code = null, parentId = null } = wanted
  const validFrom = wanted.validFrom ?? schoolYearStart(schoolYearOf(vietnamDay(now())))
  const authority = { id: uuidv7(), kind, name: tidyText(wanted.name), code, validFrom, validTo: null }
  await db.asService(async (trx) => {
    await insertAuthority(trx, authority)
    if (parentId !== null) {
      checkParent(authority, await getReferredAuthority(trx, 'parentId', parentId, validFrom), validFrom)
      await insertLink(trx, authority.id, parentId, validFrom)
    }
    const { id } = authority
    const after = { kind, name: authority.name, code, parentId, validFrom }
    await recordAudit(trx, {
      actor,
      action: 'authority.create',
      objectKind: 'authority',
      objectId: id,
      after,
    })
  })
  return { ...authority, parentId }
}

/** The authority that a field of a request names; throws `AUTHORITY_UNKNOWN`. */
export async function getReferredAuthority(
  trx: Trx,
  field: string,
  id: string,
  asOf: Day,
): Promise<AuthorityRow> {
  const authority = await findAuthority(trx, id, asOf)
  if (authority !== undefined) return authority
  const reason = 'is no authority that we know'
  throw new DomainError('AUTHORITY_UNKNOWN', `${field} ${reason}`, [{ field, reason }])
}
