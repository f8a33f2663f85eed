// The SQL of authorities and of the dated tree between them. They belong to no school.
import type { Trx } from '../db/tenancy.js'
import { toPage } from '../http/paging.js'
import type { Day } from '../time.js'
import type { AuthorityKind } from './authority.js'
import type { NameKey } from './name-key.js'

export interface AuthorityRow {
  id: string
  kind: AuthorityKind
  name: string
  code: string | null
  /** On the day that was asked for. */
  parentId: string | null
  validFrom: Day
  validTo: Day | null
}

export interface AuthorityFilter {
  asOf: Day
  kind?: AuthorityKind | undefined
  parentId?: string | undefined
}

function selectAuthority(trx: Trx, asOf: Day) {
  return trx
    .selectFrom('authority as a')
    .leftJoin('authority_link as l', (join) =>
      join
        .onRef('l.authority_id', '=', 'a.id')
        .on('l.valid_from', '<=', asOf)
        .on((eb) => eb.or([eb('l.valid_to', 'is', null), eb('l.valid_to', '>', asOf)])),
    )
    .select([
      'a.id',
      'a.kind',
      'a.name',
      'a.code',
      'l.parent_id as parentId',
      'a.valid_from as validFrom',
      'a.valid_to as validTo',
    ])
}

export async function findAuthority(trx: Trx, id: string, asOf: Day): Promise<AuthorityRow | undefined> {
  return selectAuthority(trx, asOf).where('a.id', '=', id).executeTakeFirst()
}

/** Authorities that exist on the day, by name; `after` is the key of the last row of the page before. */
export async function listAuthorities(
  trx: Trx,
  { asOf, kind, parentId }: AuthorityFilter,
  limit: number,
  after: NameKey | undefined,
): Promise<{ items: AuthorityRow[]; nextCursor: string | null }> {
  let query = selectAuthority(trx, asOf)
    .where('a.valid_from', '<=', asOf)
    .where((eb) => eb.or([eb('a.valid_to', 'is', null), eb('a.valid_to', '>', asOf)]))
  if (kind !== undefined) query = query.where('a.kind', '=', kind)
  if (parentId !== undefined) query = query.where('l.parent_id', '=', parentId)
  if (after !== undefined) {
    query = query.where((eb) => eb(eb.refTuple('a.name', 'a.id'), '>', eb.tuple(after.name, after.id)))
  }
  const rows = await query
    .orderBy('a.name')
    .orderBy('a.id')
    .limit(limit + 1)
    .execute()
  return toPage(rows, limit, (row) => [row.name, row.id])
}

export async function insertAuthority(
  trx: Trx,
  authority: Omit<AuthorityRow, 'parentId' | 'validTo'>,
): Promise<void> {
  const { id, kind, name, code, validFrom } = authority
  await trx
    .insertInto('authority')
    .values({ id, kind, name, code, valid_from: validFrom, valid_to: null })
    .execute()
}

/** The link that is open, of an authority that one writer at a time moves. */
export async function lockOpenLink(
  trx: Trx,
  authorityId: string,
): Promise<{ validFrom: Day } | undefined> {
  return trx
    .selectFrom('authority_link')
    .select('valid_from as validFrom')
    .where('authority_id', '=', authorityId)
    .where('valid_to', 'is', null)
    .forUpdate()
    .executeTakeFirst()
}

export async function insertLink(
  trx: Trx,
  authorityId: string,
  parentId: string,
  from: Day,
): Promise<void> {
  await trx
    .insertInto('authority_link')
    .values({ authority_id: authorityId, parent_id: parentId, valid_from: from, valid_to: null })
    .execute()
}

export async function closeLink(trx: Trx, authorityId: string, to: Day): Promise<void> {
  await trx
    .updateTable('authority_link')
    .set({ valid_to: to })
    .where('authority_id', '=', authorityId)
    .where('valid_to', 'is', null)
    .execute()
}

export async function correctLink(trx: Trx, authorityId: string, parentId: string): Promise<void> {
  await trx
    .updateTable('authority_link')
    .set({ parent_id: parentId })
    .where('authority_id', '=', authorityId)
    .where('valid_to', 'is', null)
    .execute()
}

export async function removeOpenLink(trx: Trx, authorityId: string): Promise<void> {
  await trx
    .deleteFrom('authority_link')
    .where('authority_id', '=', authorityId)
    .where('valid_to', 'is', null)
    .execute()
}
