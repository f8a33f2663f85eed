// Keeps the maximum prices that an authority sets. They are data with dates, and nothing here knows which
// province asks what; plans are checked against them by price-cap-check.ts.
import { v7 as uuidv7 } from 'uuid'
import type { Actor } from '../access/actor.js'
import { recordAudit } from '../access/audit.js'
import type { Trx } from '../db/tenancy.js'
import type { Deps } from '../deps.js'
import { DomainError } from '../errors.js'
import type { Day } from '../time.js'

export interface StoredPriceCap {
  id: string
  authorityId: string
  feeCode: string
  /** Null: every level. */
  level: string | null
  /** Null: town and country. */
  urban: boolean | null
  unit: string
  maximumVnd: number
  growthLimitPercent: number | null
  legalBasis: string
  validFrom: Day
  validTo: Day | null
}

export type NewPriceCap =
  Pick<StoredPriceCap, 'feeCode' | 'unit' | 'maximumVnd' | 'legalBasis' | 'validFrom'> &
  { level?: string; urban?: boolean; growthLimitPercent?: number; validTo?: Day }

const PRICE_CAP = [
  'id', 'authority_id as authorityId', 'fee_code as feeCode', 'level', 'urban', 'unit',
  'maximum_vnd as maximumVnd',
  'growth_limit_percent as growthLimitPercent', 'legal_basis as legalBasis', 'valid_from as validFrom',
  'valid_to as validTo',
] as const

export async function listPriceCaps(
  trx: Trx, authorityId: string, page: { afterId?: string; limit: number },
): Promise<StoredPriceCap[]> {
  let query = trx.selectFrom('price_cap').select(PRICE_CAP).where('authority_id', '=', authorityId)
    .orderBy('id').limit(page.limit)
  if (page.afterId !== undefined) query = query.where('id', '>', page.afterId)
  return query.execute()
}

/** Throws `PRICE_CAP_INVALID`. */
export async function setPriceCap(
  deps: Pick<Deps, 'db'>, actor: Actor, authorityId: string, asked: NewPriceCap,
): Promise<StoredPriceCap> {
  const { validFrom, validTo = null } = asked
  if (validTo !== null && validTo <= validFrom) {
    const reason = `must be after ${validFrom}, its first day`
    throw new DomainError('PRICE_CAP_INVALID', `validTo ${reason}`, [{ field: 'validTo', reason }])
  }
  const id = uuidv7()
  return deps.db.asService(async (trx) => {
    await recordAudit(trx, {
      actor, action: 'price_cap.set', objectKind: 'price_cap', objectId: id, after: { authorityId, ...asked },
    })
    return trx.insertInto('price_cap').values({
      id, authority_id: authorityId, fee_code: asked.feeCode, level: asked.level ?? null,
      urban: asked.urban ?? null,
      unit: asked.unit, maximum_vnd: asked.maximumVnd, growth_limit_percent: asked.growthLimitPercent ?? null,
      legal_basis: asked.legalBasis, valid_from: validFrom, valid_to: validTo,
    }).returning(PRICE_CAP).executeTakeFirstOrThrow()
  })
}
