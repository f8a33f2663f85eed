// Who are the people here, and what do they hold today?
import { decodeCursor, toPage } from '../http/paging.js'
import { vietnamDay } from '../time.js'
import type { Access } from './access.js'
import { DomainError } from '../errors.js'
import type { PeopleOf } from './manage.js'
import { listPeopleRows } from './queries/people.js'
import type { PersonRow } from './queries/people.js'
import { listAssignments } from './role-store.js'
import type { NamedAssignment } from './role-store.js'

export interface Person extends PersonRow {
  roles: NamedAssignment[]
}

export interface PeopleQuery {
  text?: string | undefined
  cursor?: string | undefined
  limit: number
}

/** By login name. A head sees only the roles at the own school. */
export async function listPeople(
  { db, now }: Pick<Access, 'db' | 'now'>, schoolId: PeopleOf, { text, cursor, limit }: PeopleQuery,
): Promise<{ items: Person[]; nextCursor: string | null }> {
  const after = cursor === undefined ? undefined : decodeCursor(cursor, 'text')[0]
  return db.asService(async (trx) => {
    const rows = await listPeopleRows(trx, { schoolId, text, after }, limit + 1)
    const page = toPage(rows, limit, ({ loginName }) => [loginName])
    const held = await listAssignments(trx, page.items.map(({ id }) => id), vietnamDay(now()))
    return { ...page, items: page.items.map((row) => withRoles(row, held, schoolId)) }
  })
}

/** Throws USER_NOT_FOUND, also for somebody of another school. */
export async function getPerson(
  { db, now }: Pick<Access, 'db' | 'now'>, schoolId: PeopleOf, userId: string,
): Promise<Person> {
  return db.asService(async (trx) => {
    const [row] = await listPeopleRows(trx, { schoolId, userId }, 1)
    if (row === undefined) throw new DomainError('USER_NOT_FOUND', 'there is no such person here')
    return withRoles(row, await listAssignments(trx, [userId], vietnamDay(now())), schoolId)
  })
}

function withRoles(row: PersonRow, held: readonly NamedAssignment[], schoolId: PeopleOf): Person {
  const roles = held.filter((one) => one.userId === row.id && (schoolId === null || one.schoolId === schoolId))
  return { ...row, roles }
}
