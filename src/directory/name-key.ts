// Where does the next page of a list that is sorted by name start? After this name and, among equal names,
// this id.
import { decodeCursor } from '../http/paging.js'

export interface NameKey {
  name: string
  id: string
}

/** Throws `CURSOR_INVALID` for a cursor that a list by name did not give. */
export function readNameKey(cursor: string | undefined): NameKey | undefined {
  if (cursor === undefined) return undefined
  const [name, id] = decodeCursor(cursor, 'text', 'id')
  return { name, id }
}
