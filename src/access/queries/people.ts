// Lists of people: everybody, or those who have or had a role at one school. Never a hash or a secret.
import type { Trx } from '../../db/tenancy.js'

export interface PersonRow {
  id: string
  loginName: string
  displayName: string
  state: 'active' | 'locked'
  hasTotp: boolean
  usesOidc: boolean
}

export interface PeopleFilter {
  schoolId: string | null
  /** Part of a name or of a login name. */
  text?: string | undefined
  /** The login name of the last row of the page before. */
  after?: string | undefined
  userId?: string | undefined
}

/** By login name, served by its unique index; a school's people by role_assignment_of_school. */
export async function listPeopleRows(trx: Trx, filter: PeopleFilter, limit: number): Promise<PersonRow[]> {
  const { schoolId, text = '', after, userId } = filter
  let query = trx.selectFrom('app_user').select((eb) => [
    'id', 'login_name as loginName', 'display_name as displayName', 'state',
    eb('totp_confirmed_at', 'is not', null).$castTo<boolean>().as('hasTotp'),
    eb('oidc_subject', 'is not', null).$castTo<boolean>().as('usesOidc'),
  ])
  if (schoolId !== null) {
    query = query.where((eb) => eb.exists(eb.selectFrom('role_assignment').select('role_assignment.id')
      .where('of_school_id', '=', schoolId).whereRef('user_id', '=', 'app_user.id')))
  }
  if (userId !== undefined) query = query.where('id', '=', userId)
  if (after !== undefined) query = query.where('login_name', '>', after)
  if (text !== '') {
    const part = `%${text.replace(/[\\%_]/g, '\\$&')}%`
    query = query.where((eb) => eb.or([eb('login_name', 'ilike', part), eb('display_name', 'ilike', part)]))
  }
  return query.orderBy('login_name').limit(limit).execute()
}
