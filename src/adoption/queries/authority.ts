// Whose figures a page shows: the authority by its name, and the ones above it on that day.
import { sql } from 'kysely'
import type { Kysely } from 'kysely'
import type { Tables } from '../../db/tables.js'
import type { AuthorityKind } from '../../directory/authority.js'
import { DomainError } from '../../errors.js'
import type { Day } from '../../time.js'

export interface AuthorityFacts {
  id: string
  name: string
  kind: AuthorityKind
  /** The authority it stands under on the day; null at the top. */
  parentId: string | null
  parentName: string | null
}

/** Throws AUTHORITY_NOT_FOUND. Served by authority_pkey and authority_link_pkey. */
export async function readAuthority(db: Kysely<Tables>, authorityId: string, asOf: Day): Promise<AuthorityFacts> {
  const { rows: [found] } = await sql<AuthorityFacts>`
    SELECT a.id, a.name, a.kind, p.id AS "parentId", p.name AS "parentName" FROM authority a
    LEFT JOIN authority_link l ON l.authority_id = a.id AND l.valid_from <= ${asOf}
      AND (l.valid_to IS NULL OR l.valid_to > ${asOf})
    LEFT JOIN authority p ON p.id = l.parent_id
    WHERE a.id = ${authorityId}`.execute(db)
  if (found === undefined) throw new DomainError('AUTHORITY_NOT_FOUND', 'there is no such authority')
  return found
}
