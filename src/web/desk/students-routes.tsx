// The list of students over HTTP, as a page and as files.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import type { Static } from 'typebox'
import type { Deps } from '../../deps.js'
import { SchoolParams } from '../../directory/schema.js'
import { nearestDay } from '../../directory/student.js'
import { TABLE_FORMATS } from '../../export/table-file.js'
import { isUuid } from '../../http/id.js'
import { LIMITS } from '../../limits.js'
import { schoolYearOf, vietnamDay } from '../../time.js'
import { sendPage } from '../page.js'
import { sendSchoolTable } from '../school-table.js'
import { readClassesOf } from './round-queries.js'
import { findSchoolName } from './school-name.js'
import { readStudentKey, studentsTable } from './students-export.js'
import { StudentsPage } from './students-page.js'
import { readStudents, readStudentTotals, STUDENT_VIEWS } from './students-queries.js'
import type { StudentsFilter } from './students-queries.js'

const filterProperties = {
  q: Type.Optional(Type.String({ maxLength: 100 })),
  class: Type.Optional(Type.String({ maxLength: 50 })),
  view: Type.Optional(Type.Enum(STUDENT_VIEWS)),
  lang: Type.Optional(Type.String({ maxLength: 5 })),
}
const ListQuery = Type.Object({ ...filterProperties, cursor: Type.Optional(Type.String({ maxLength: 1_000 })) })
const FileQuery = Type.Object(filterProperties)

export function studentListPages(deps: Deps): FastifyPluginAsyncTypebox {
  const { db } = deps
  return async (app) => {
    app.get('/desk/:schoolId/students', {
      config: { scope: 'invoices:read', page: true },
      schema: { hide: true, params: SchoolParams, querystring: ListQuery },
    }, async (request, reply) => {
      const { params: { schoolId }, query } = request
      const filter = filterOf(deps, query)
      const after = readStudentKey(query.cursor)
      const read = await db.inSchool(schoolId, async (trx) => ({
        classes: await readClassesOf(trx, schoolId, filter.schoolYear),
        totals: await readStudentTotals(trx, schoolId, filter),
        page: await readStudents(trx, schoolId, filter, LIMITS.pageSizeDefault, after),
      }))
      return sendPage(reply, (
        <StudentsPage request={request} schoolId={schoolId} schoolName={await findSchoolName(db, schoolId)}
          filter={filter} classes={read.classes} totals={read.totals} students={read.page.items}
          nextCursor={read.page.nextCursor} />
      ))
    })

    for (const format of TABLE_FORMATS) {
      app.get(`/desk/:schoolId/students.${format}`, {
        config: { scope: 'invoices:read', page: true },
        schema: { hide: true, params: SchoolParams, querystring: FileQuery },
      }, async (request, reply) => {
        const { params: { schoolId }, query, lang } = request
        const filter = filterOf(deps, query)
        const { q, classId, view } = filter
        return sendSchoolTable(request, reply, {
          db, schoolId, format, table: studentsTable(deps, schoolId, filter, lang),
          audit: {
            action: 'student.export', list: 'students',
            narrowedBy: { text: q, class: classId, state: view === 'all' ? undefined : view },
          },
        })
      })
    }
  }
}

function filterOf({ now }: Pick<Deps, 'now'>, query: Static<typeof FileQuery>): StudentsFilter {
  const today = vietnamDay(now())
  const schoolYear = schoolYearOf(today)
  const q = query.q?.normalize('NFC').trim()
  const classId = query.class
  return {
    schoolYear,
    on: nearestDay(schoolYear, today),
    view: query.view ?? 'all',
    ...(q !== undefined && q !== '' && { q }),
    ...(classId !== undefined && isUuid(classId) && { classId }),
  }
}

