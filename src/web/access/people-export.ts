// The audit log and the people as files: what their pages show, whole, in the same words.
import { readAudit } from '../../access/read-audit.js'
import type { AuditEntry, AuditQuery } from '../../access/read-audit.js'
import type { Person } from '../../access/people.js'
import type { Database } from '../../db/tenancy.js'
import { rowsOfPages } from '../../export/table.js'
import type { Table, TableRow } from '../../export/table.js'
import { LIMITS } from '../../limits.js'
import type { Lang } from '../text.js'
import { actionName, actorName, detailText, objectKindName } from './audit-text.js'
import { peopleText } from './people-text.js'
import { heldRoleText } from './role-text.js'

/** `schoolId` null: what belongs to no school. Throws `EXPORT_TOO_LARGE`. */
export function auditTable(
  db: Database, schoolId: string | null, filter: Omit<AuditQuery, 'cursor' | 'limit'>, lang: Lang,
): Table {
  const t = peopleText[lang]
  const titles = [t.who, t.what, t.object, t.detail, t.before, t.address]
  return {
    fileName: t.audit, sheetName: t.audit,
    columns: [{ title: t.time, kind: 'instant' }, ...titles.map((title) => ({ title, kind: 'text' as const }))],
    rows: auditRows(db, schoolId, filter, lang),
  }
}

async function* auditRows(
  db: Database, schoolId: string | null, filter: Omit<AuditQuery, 'cursor' | 'limit'>, lang: Lang,
): AsyncGenerator<TableRow> {
  const limit = LIMITS.pageSizeMax
  for await (const entry of rowsOfPages((cursor) => readAudit({ db }, schoolId, { ...filter, cursor, limit }))) {
    const { recordedAt, action, objectKind, objectId, after, before, address } = entry
    const kind = objectKindName(objectKind, lang)
    yield [recordedAt, actorText(entry, lang), actionName(action, lang), objectKind === 'list' ? kind : `${kind} ${objectId}`,
      detailText(after, lang), detailText(before, lang), address]
  }
}

export function actorText({ actor, actorName: name }: AuditEntry, lang: Lang): string {
  return name ?? actorName(actor, lang)
}

type ReadPeople = (cursor: string | undefined) => Promise<{ items: Person[]; nextCursor: string | null }>

export function peopleTable(readPage: ReadPeople, lang: Lang): Table {
  const t = peopleText[lang]
  const titles = [t.name, t.roles, t.loginName, t.app, t.state]
  return {
    fileName: t.people, sheetName: t.people, columns: titles.map((title) => ({ title, kind: 'text' as const })),
    rows: peopleRows(readPage, lang),
  }
}

async function* peopleRows(readPage: ReadPeople, lang: Lang): AsyncGenerator<TableRow> {
  const t = peopleText[lang]
  for await (const { displayName, roles, loginName, hasTotp, state } of rowsOfPages(readPage)) {
    yield [displayName, roles.map((held) => heldRoleText(held, lang)).join('; '), loginName,
      hasTotp ? t.appOn : t.appOff, state === 'active' ? t.active : t.locked]
  }
}
