// The list of students as a file: the same rows as on its page, read page by page.
import type { Deps } from '../../deps.js'
import { rowsOfPages } from '../../export/table.js'
import type { Table, TableRow } from '../../export/table.js'
import { decodeCursor } from '../../http/paging.js'
import { LIMITS } from '../../limits.js'
import type { Lang } from '../text.js'
import { readStudents } from './students-queries.js'
import type { StudentKey, StudentsFilter } from './students-queries.js'
import { studentsText } from './students-text.js'

/** Throws `CURSOR_INVALID` for a cursor that the list did not give. */
export function readStudentKey(cursor: string | undefined): StudentKey | undefined {
  if (cursor === undefined) return undefined
  const [grade, classLength, className, searchName, id] = decodeCursor(cursor, 'int', 'int', 'text', 'text', 'id')
  return { grade: Number(grade), classLength: Number(classLength), className, searchName, id }
}

export function studentsTable(
  deps: Pick<Deps, 'db'>, schoolId: string, filter: StudentsFilter, lang: Lang,
): Table {
  const t = studentsText[lang]
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
