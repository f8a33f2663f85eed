// Where may a role be held: authorities of the kind that fits it, and schools found by a part of their name.
import { vietnamDay } from '../time.js'
import type { Access } from './access.js'
import { AUTHORITY_KINDS } from './permission.js'
import type { Role } from './permission.js'
import { findAuthoritiesOfKinds, findSchoolsByName } from './queries/places.js'

export interface RolePlace {
  id: string
  name: string
}

/** Of every kind, by name. */
export async function findAuthorities({ db, now }: Pick<Access, 'db' | 'now'>): Promise<RolePlace[]> {
  const kinds = Object.values(AUTHORITY_KINDS).flat()
  return db.asService((trx) => findAuthoritiesOfKinds(trx, kinds, vietnamDay(now())))
}

export async function findAuthoritiesFor({ db, now }: Pick<Access, 'db' | 'now'>, role: Role): Promise<RolePlace[]> {
  const kinds = AUTHORITY_KINDS[role] ?? []
  return db.asService((trx) => findAuthoritiesOfKinds(trx, kinds, vietnamDay(now())))
}

/** At most `limit`, by name; none for a blank text. */
export async function findSchools(
  { db, now }: Pick<Access, 'db' | 'now'>, text: string, limit: number,
): Promise<RolePlace[]> {
  if (text.trim() === '') return []
  return db.asService((trx) => findSchoolsByName(trx, text.trim(), vietnamDay(now()), limit))
}
