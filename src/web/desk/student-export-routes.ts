// The tables of one student's page as files over HTTP, each written into the log like every list of children.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import type { Trx } from '../../db/tenancy.js'
import type { Deps } from '../../deps.js'
import { StudentParams } from '../../directory/student-schema.js'
import { TABLE_FORMATS } from '../../export/table-file.js'
import type { Table } from '../../export/table.js'
import { LIMITS } from '../../limits.js'
import { sendSchoolTable } from '../school-table.js'
import type { Lang } from '../text.js'
import { getDeskStudent } from './student-data.js'
import { billLines, creditRows, exemptionRows, historyRows, paymentRows } from './student-export.js'
import { readStudentHistory } from './student-history.js'
import { STUDENT_TABLES } from './student-links.js'
import type { StudentTableName } from './student-links.js'
import {
  readStudentBills, readStudentCredits, readStudentExemptions, readStudentPayments,
} from './student-queries.js'

const lang = Type.Optional(Type.String({ maxLength: 5 }))
const FormatQuery = Type.Object({ format: Type.Enum(TABLE_FORMATS), lang })
// One more than a file may have: such a file is refused, never cut off.
const HISTORY_MAX = LIMITS.exportRowsMax + 1

type ReadBody = (trx: Trx, schoolId: string, studentId: string, lang: Lang) =>
Promise<Pick<Table, 'columns' | 'rows'> & { title: string }>

const TABLES: Readonly<Record<StudentTableName, ReadBody>> = {
  bills: async (trx, schoolId, studentId, lang) => billLines(await readStudentBills(trx, schoolId, studentId), lang),
  payments: async (trx, schoolId, studentId, lang) =>
    paymentRows(await readStudentPayments(trx, schoolId, studentId), lang),
  credits: async (trx, schoolId, studentId, lang) =>
    creditRows(await readStudentCredits(trx, schoolId, studentId), lang),
  exemptions: async (trx, schoolId, studentId, lang) =>
    exemptionRows(await readStudentExemptions(trx, schoolId, studentId), lang),
  history: async (trx, schoolId, studentId, lang) =>
    historyRows(await readStudentHistory(trx, schoolId, studentId, HISTORY_MAX), lang),
}

export function studentExportPages(deps: Deps): FastifyPluginAsyncTypebox {
  return async (app) => {
    for (const list of STUDENT_TABLES) {
      app.get(`/desk/:schoolId/students/:studentId/export/${list}`, {
        config: { scope: 'invoices:read', page: true },
        schema: { hide: true, params: StudentParams, querystring: FormatQuery },
      }, async (request, reply) => {
        const { params: { schoolId, studentId }, query: { format }, lang } = request
        const { fullName } = await getDeskStudent(deps, schoolId, studentId)
        const read = TABLES[list]
        const { title, ...body } = await deps.db.inSchool(schoolId, (trx) => read(trx, schoolId, studentId, lang))
        return sendSchoolTable(request, reply, {
          db: deps.db, schoolId, format, table: { fileName: `${title} - ${fullName}`, sheetName: title, ...body },
          audit: { action: 'student.export', list, of: { kind: 'student', id: studentId } },
        })
      })
    }
  }
}
