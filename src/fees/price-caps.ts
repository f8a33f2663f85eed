// Keeps the maximum prices that an authority sets: sets, corrects and ends them. They are data with dates, and nothing
// here knows which province asks what; plans are checked against them by price-cap-check.ts.
import { sql } from 'kysely'
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

/** Throws `AUTHORITY_NOT_FOUND`, `PRICE_CAP_INVALID`, `PRICE_CAP_PERIOD_EXISTS`. */
export async function setPriceCap(
  deps: Pick<Deps, 'db'>, actor: Actor, authorityId: string, asked: NewPriceCap,
): Promise<StoredPriceCap> {
  const id = uuidv7()
  const { level = null, urban = null, growthLimitPercent = null, validTo = null } = asked
  const cap: StoredPriceCap = { ...asked, id, authorityId, level, urban, growthLimitPercent, validTo }
  if (validTo === cap.validFrom) throw invalid('validTo', `must be after ${validTo}, its first day`)
  return deps.db.asService(async (trx) => {
    await assertAuthority(trx, authorityId)
    await assertPeriod(trx, cap)
    await recordAudit(trx, {
      actor, action: 'price_cap.set', objectKind: 'price_cap', objectId: id, after: { authorityId, ...asked },
    })
    return trx.insertInto('price_cap').values({
      id, authority_id: authorityId, fee_code: cap.feeCode, level, urban, unit: cap.unit, maximum_vnd: cap.maximumVnd,
      growth_limit_percent: growthLimitPercent, legal_basis: cap.legalBasis, valid_from: cap.validFrom,
      valid_to: validTo,
    }).returning(PRICE_CAP).executeTakeFirstOrThrow()
  })
}

/** What a cap is for never changes: another fee, level or area is another cap. */
export type PriceCapChange = Partial<Pick<StoredPriceCap,
  'unit' | 'maximumVnd' | 'growthLimitPercent' | 'legalBasis' | 'validFrom' | 'validTo'>>

/**
 * Holds for plans that are written and rounds that are run from now on; bills that are out stay as they are. Throws
 * `PRICE_CAP_NOT_FOUND`, `PRICE_CAP_INVALID`, `PRICE_CAP_PERIOD_EXISTS`.
 */
export async function changePriceCap(
  deps: Pick<Deps, 'db'>, actor: Actor, of: { authorityId: string; capId: string }, change: PriceCapChange,
): Promise<StoredPriceCap> {
  return deps.db.asService((trx) => writeChange(trx, actor, of, change, 'price_cap.change'))
}

/**
 * `on` is the first day without it; the day on which it began for one that was set by mistake and never held. Throws as
 * `changePriceCap` does.
 */
export async function endPriceCap(
  deps: Pick<Deps, 'db'>, actor: Actor, of: { authorityId: string; capId: string }, on: Day,
): Promise<StoredPriceCap> {
  return deps.db.asService((trx) => writeChange(trx, actor, of, { validTo: on }, 'price_cap.end'))
}

async function writeChange(
  trx: Trx, actor: Actor, { authorityId, capId }: { authorityId: string; capId: string }, change: PriceCapChange,
  action: string,
): Promise<StoredPriceCap> {
  const before = (await selectCap(trx, { authorityId, capId }).forNoKeyUpdate().executeTakeFirst()) ?? noSuchCap()
  await assertPeriod(trx, { ...before, ...change })
  const { validFrom } = change
  const after = await trx.updateTable('price_cap')
    .set({ ...columns(change), ...(validFrom !== undefined && { valid_from: validFrom }) })
    .where('id', '=', capId).returning(PRICE_CAP).executeTakeFirstOrThrow()
  await recordAudit(trx, { actor, action, objectKind: 'price_cap', objectId: capId, before, after })
  return after
}

/** Throws `PRICE_CAP_NOT_FOUND`. */
export async function getPriceCap(trx: Trx, of: { authorityId: string; capId: string }): Promise<StoredPriceCap> {
  return (await selectCap(trx, of).executeTakeFirst()) ?? noSuchCap()
}

function selectCap(trx: Trx, { authorityId, capId }: { authorityId: string; capId: string }) {
  return trx.selectFrom('price_cap').select(PRICE_CAP).where('id', '=', capId).where('authority_id', '=', authorityId)
}

function noSuchCap(): never {
  throw new DomainError('PRICE_CAP_NOT_FOUND', 'this authority has no such price cap')
}

function columns({ unit, maximumVnd, growthLimitPercent, legalBasis, validTo }: PriceCapChange) {
  return {
    ...(unit !== undefined && { unit }),
    ...(maximumVnd !== undefined && { maximum_vnd: maximumVnd }),
    ...(growthLimitPercent !== undefined && { growth_limit_percent: growthLimitPercent }),
    ...(legalBasis !== undefined && { legal_basis: legalBasis }),
    ...(validTo !== undefined && { valid_to: validTo }),
  }
}

async function assertAuthority(trx: Trx, authorityId: string): Promise<void> {
  const found = await trx.selectFrom('authority').select('id').where('id', '=', authorityId).executeTakeFirst()
  if (!found) throw new DomainError('AUTHORITY_NOT_FOUND', 'there is no such authority')
}

/**
 * Of one fee, level and area only one cap of an authority holds on a day. The constraint price_cap_period_key has the
 * last word, for two that are written at once.
 */
async function assertPeriod(trx: Trx, cap: StoredPriceCap): Promise<void> {
  const { id, authorityId, feeCode, level, urban, validFrom, validTo } = cap
  if (validTo !== null && validTo < validFrom) throw invalid('validTo', `must not be before ${validFrom}, its first day`)
  const { rows: [other] } = await sql<{ id: string; from: Day }>`
    SELECT id, valid_from AS from FROM price_cap
    WHERE authority_id = ${authorityId} AND fee_code = ${feeCode} AND id <> ${id}
      AND level IS NOT DISTINCT FROM ${level} AND urban IS NOT DISTINCT FROM ${urban}::boolean
      AND daterange(valid_from, valid_to) && daterange(${validFrom}::date, ${validTo}::date)
    ORDER BY valid_from LIMIT 1`.execute(trx)
  if (!other) return
  const reason = `the cap ${other.id} of ${feeCode}, from ${other.from} on, holds on some of these days: end or correct it`
  throw new DomainError('PRICE_CAP_PERIOD_EXISTS', reason, [{ field: 'validFrom', reason }])
}

function invalid(field: string, reason: string): DomainError {
  return new DomainError('PRICE_CAP_INVALID', `${field} ${reason}`, [{ field, reason }])
}
