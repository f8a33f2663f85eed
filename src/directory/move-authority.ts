// Puts an authority under another one, or under nobody, from a day on. The tree of earlier days stays as it
// was.
import type { Actor } from '../access/actor.js'
import { recordAudit } from '../access/audit.js'
import type { Trx } from '../db/tenancy.js'
import { DomainError } from '../errors.js'
import { vietnamDay } from '../time.js'
import type { Day } from '../time.js'
import {
  closeLink,
  correctLink,
  findAuthority,
  insertLink,
  lockOpenLink,
  removeOpenLink,
} from './authority-store.js'
import type { AuthorityRow } from './authority-store.js'
import { checkParent } from './authority.js'
import { getReferredAuthority } from './create-authority.js'
import { planDatedChange } from './dated.js'
import type { DirectoryDeps } from './directory-deps.js'

export interface AuthorityMove {
  parentId: string | null
  /** Default: today. */
  from?: Day | undefined
}

export async function moveAuthority(
  { db, now }: DirectoryDeps,
  actor: Actor,
  authorityId: string,
  move: AuthorityMove,
): Promise<AuthorityRow> {
  const { parentId } = move
  const from = move.from ?? vietnamDay(now())
  return db.asService(async (trx) => {
    const open = await lockOpenLink(trx, authorityId)
    const authority = await getAuthority(trx, authorityId, from)
    if (parentId === authority.parentId && open !== undefined) return authority
    if (parentId !== null) {
      checkParent(authority, await getReferredAuthority(trx, 'parentId', parentId, from), from)
    }
    await writeLink(trx, authorityId, open, parentId, from)
    const before = { parentId: authority.parentId }
    const record = { actor, action: 'authority.move', objectKind: 'authority', objectId: authorityId }
    await recordAudit(trx, { ...record, before, after: { parentId, from } })
    return { ...authority, parentId }
  })
}

async function writeLink(
  trx: Trx,
  authorityId: string,
  open: { validFrom: Day } | undefined,
  parentId: string | null,
  from: Day,
): Promise<void> {
  const change = planDatedChange(open, from)
  if (change === 'correct') {
    if (parentId === null) await removeOpenLink(trx, authorityId)
    else await correctLink(trx, authorityId, parentId)
    return
  }
  if (change === 'succeed') await closeLink(trx, authorityId, from)
  if (parentId !== null) await insertLink(trx, authorityId, parentId, from)
}

/** Throws `AUTHORITY_NOT_FOUND`. */
export async function getAuthority(trx: Trx, authorityId: string, asOf: Day): Promise<AuthorityRow> {
  const authority = await findAuthority(trx, authorityId, asOf)
  if (authority === undefined) throw new DomainError('AUTHORITY_NOT_FOUND', 'there is no such authority')
  return authority
}
