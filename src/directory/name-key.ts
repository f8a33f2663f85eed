// Where does the next page of a list that is sorted by name start? After this name and, among equal names,
// this id.
import { DomainError } from '../errors.js'
import { isUuid } from '../http/id.js'
import { decodeCursor } from '../http/paging.js'

export interface NameKey {
  name: string
  id: string
}

/** Throws `CURSOR_INVALID` for a cursor that a list by name did not give. */
export function readNameKey(cursor: string | undefined): NameKey | undefined {
  if (cursor === undefined) return undefined
  const [name, id, ...rest] = decodeCursor(cursor)
  if (name !== undefined && id !== undefined && isUuid(id) && rest.length === 0) return { name, id }
  const reason = 'is not one that this list gave'
  throw new DomainError('CURSOR_INVALID', `cursor ${reason}`, [{ field: 'cursor', reason }])
}
