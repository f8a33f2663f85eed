// The lists of students and of bills as files: the same rows as on the pages, read page by page, each download written
// into the log because it takes the names of children out of the service.
import { recordAudit } from '../../access/audit.js'
import type { Actor } from '../../access/actor.js'
import type { Deps } from '../../deps.js'
import { DomainError } from '../../errors.js'
import { rowsOfPages } from '../../export/table.js'
import type { Table, TableRow } from '../../export/table.js'
import { isUuid } from '../../http/id.js'
import { decodeCursor } from '../../http/paging.js'
import { paymentCodeNumber, paymentCodeText } from '../../invoicing/payment-code.js'
import { LIMITS } from '../../limits.js'
import type { Lang } from '../text.js'
import { readBillRows } from './bill-rows-queries.js'
import type { BillRowsFilter } from './bill-rows-queries.js'
import { readStudents } from './students-queries.js'
import type { StudentKey, StudentsFilter } from './students-queries.js'
import { studentsText } from './students-text.js'

/** Throws `CURSOR_INVALID` for a cursor that the list did not give. */
export function readStudentKey(cursor: string | undefined): StudentKey | undefined {
  if (cursor === undefined) return undefined
  const [grade, classLength, className, searchName, id] = decodeCursor(cursor)
  if (className === undefined || searchName === undefined || id === undefined || !isUuid(id) ||
    !/^\d{1,3}$/.test(grade ?? '') || !/^\d{1,3}$/.test(classLength ?? '')) {
    throw new DomainError('CURSOR_INVALID', 'cursor is not one that this list gave')
  }
  return { grade: Number(grade), classLength: Number(classLength), className, searchName, id }
}

export async function exportStudents(
  deps: Pick<Deps, 'db'>, actor: Actor, schoolId: string, filter: StudentsFilter, lang: Lang,
): Promise<Table> {
  const t = studentsText[lang]
  await auditExport(deps, actor, schoolId, 'student.export')
  async function* rows(): AsyncGenerator<TableRow> {
    const pages = rowsOfPages((cursor) => deps.db.inSchool(schoolId, (trx) =>
      readStudents(trx, schoolId, filter, LIMITS.exportPageRows, readStudentKey(cursor))))
    for await (const student of pages) {
      yield [
        student.className, student.fullName, student.birthOn, student.gender === null ? null : t[student.gender],
        student.moetStudentId, student.schoolCode, student.billedVnd, student.paidVnd, student.openVnd, student.heldVnd,
      ]
    }
  }
  return {
    fileName: `${t.fileStudents} ${filter.schoolYear}`,
    sheetName: t.fileStudents,
    columns: [
      { title: t.class, kind: 'text' }, { title: t.name, kind: 'text' }, { title: t.birthOn, kind: 'day' },
      { title: t.gender, kind: 'text' }, { title: t.moetStudentId, kind: 'text' }, { title: t.schoolCode, kind: 'text' },
      { title: t.billed, kind: 'vnd' }, { title: t.paid, kind: 'vnd' }, { title: t.openVnd, kind: 'vnd' },
      { title: t.held, kind: 'vnd' },
    ],
    rows: rows(),
  }
}

export async function exportBills(
  deps: Pick<Deps, 'db'>, actor: Actor, schoolId: string, filter: BillRowsFilter, lang: Lang,
): Promise<Table> {
  const t = studentsText[lang]
  await auditExport(deps, actor, schoolId, 'invoice.export')
  async function* rows(): AsyncGenerator<TableRow> {
    const pages = rowsOfPages((afterId) => deps.db.inSchool(schoolId, (trx) =>
      readBillRows(trx, schoolId, filter, LIMITS.exportPageRows, afterId)))
    for await (const bill of pages) {
      yield [
        paymentCodeText(paymentCodeNumber(bill.codeNumber)), bill.roundName, bill.className, bill.fullName,
        bill.grossVnd, bill.exemptedVnd, bill.payableVnd, bill.paidVnd, bill.state === 'issued' ? bill.payableVnd - bill.paidVnd : 0,
        bill.issuedOn, bill.dueOn, t[bill.state],
      ]
    }
  }
  return {
    fileName: t.fileInvoices,
    sheetName: t.fileInvoices,
    columns: [
      { title: t.code, kind: 'text' }, { title: t.round, kind: 'text' }, { title: t.class, kind: 'text' },
      { title: t.name, kind: 'text' }, { title: t.gross, kind: 'vnd' }, { title: t.exempted, kind: 'vnd' },
      { title: t.billed, kind: 'vnd' }, { title: t.paid, kind: 'vnd' }, { title: t.openVnd, kind: 'vnd' },
      { title: t.issuedOn, kind: 'day' }, { title: t.dueOn, kind: 'day' }, { title: t.state, kind: 'text' },
    ],
    rows: rows(),
  }
}

export async function auditExport(
  { db }: Pick<Deps, 'db'>, actor: Actor, schoolId: string, action: string,
): Promise<void> {
  await db.inSchool(schoolId, (trx) =>
    recordAudit(trx, { actor, action, objectKind: 'school', objectId: schoolId }))
}
