// Which authority may stand under which? The tree of the education sector (facts: who monitors whom), dated
// because it was re-cut on 1 July 2025. Pure.
import { DomainError } from '../errors.js'
import { holdsOn } from './dated.js'
import type { Dated } from './dated.js'
import type { Day } from '../time.js'

/** From the top of the tree downwards. */
export const AUTHORITY_KINDS = ['ministry', 'department', 'district_office', 'commune'] as const
export type AuthorityKind = (typeof AUTHORITY_KINDS)[number]

/** `managing` is a commune or a department; `reporting` is the department that asks for the figures. */
export const AUTHORITY_LINKS = ['managing', 'reporting'] as const
export type AuthorityLink = (typeof AUTHORITY_LINKS)[number]

export interface Authority extends Dated {
  id: string
  kind: AuthorityKind
}

/**
 * Refuses a parent that is not of a higher kind (`AUTHORITY_PARENT_INVALID`), or where one of the two does
 * not exist on `from` (`CHANGE_DATE_INVALID`). Because a kind never changes and every link goes to a higher
 * kind, no chain of links can come back to where it began: the tree has no cycle on any day.
 */
export function checkParent(child: Authority, parent: Authority, from: Day): void {
  if (AUTHORITY_KINDS.indexOf(parent.kind) >= AUTHORITY_KINDS.indexOf(child.kind)) {
    const reason = `a ${child.kind} cannot stand under a ${parent.kind}`
    throw new DomainError('AUTHORITY_PARENT_INVALID', reason, [{ field: 'parentId', reason }])
  }
  const absent = [child, parent].find((authority) => !holdsOn(authority, from))
  if (absent === undefined) return
  const reason = `authority ${absent.id} does not exist on ${from}`
  throw new DomainError('CHANGE_DATE_INVALID', reason, [{ field: 'from', reason }])
}
