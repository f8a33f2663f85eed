// Classes, students and families of a school over HTTP. No token of an authority holds these scopes: an
// authority sees figures of its schools, never a child.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { isUuid } from '../http/id.js'
import { Page } from '../http/paging.js'
import { LIMITS } from '../limits.js'
import { schoolYearOf, vietnamDay } from '../time.js'
import { listClasses } from './class-store.js'
import { createClass } from './create-class.js'
import { createFamily } from './create-family.js'
import { createStudent } from './create-student.js'
import type { DirectoryDeps } from './directory-deps.js'
import { getStudent, noStudent } from './get-student.js'
import { issueStudentCode } from './issue-student-code.js'
import { readNameKey } from './name-key.js'
import { SchoolParams } from './schema.js'
import { nearestDay } from './student.js'
import { listStudents } from './student-store.js'
import {
  ClassQuery,
  ClassReply,
  CreateClassBody,
  CreateFamilyBody,
  CreateStudentBody,
  FamilyReply,
  PaymentCodeReply,
  StudentItem,
  StudentParams,
  StudentQuery,
  StudentReply,
  TransferBody,
} from './student-schema.js'
import { transferStudent } from './transfer-student.js'

const tags = ['directory']
export function studentRoutes(deps: DirectoryDeps): FastifyPluginAsyncTypebox {
  const { db, now } = deps
  const yearOf = (schoolYear: string | undefined): string => schoolYear ?? schoolYearOf(vietnamDay(now()))
  return async (app) => {
    app.post(
      '/api/v1/schools/:schoolId/classes',
      {
        schema: {
          operationId: 'createClass',
          summary: 'Make a class of a school year',
          tags,
          params: SchoolParams,
          body: CreateClassBody,
          response: { 201: ClassReply },
        },
        config: { scope: 'directory:write' },
      },
      async ({ actor, params, body }, reply) =>
        reply.code(201).send(await createClass(deps, actor, params.schoolId, body)),
    )

    app.get(
      '/api/v1/schools/:schoolId/classes',
      {
        schema: {
          operationId: 'listClasses',
          summary: 'Classes of a school year, by name',
          tags,
          params: SchoolParams,
          querystring: ClassQuery,
          response: { 200: Page(ClassReply) },
        },
        config: { scope: 'directory:read' },
      },
      async ({ params: { schoolId }, query: { schoolYear, limit = LIMITS.pageSizeDefault, cursor } }) => {
        const after = readNameKey(cursor)
        return db.inSchool(schoolId, (trx) =>
          listClasses(trx, schoolId, yearOf(schoolYear), limit, after),
        )
      },
    )

    app.post(
      '/api/v1/schools/:schoolId/students',
      {
        schema: {
          operationId: 'createStudent',
          summary: 'Make a student, with a first class where one is named',
          tags,
          params: SchoolParams,
          body: CreateStudentBody,
          response: { 201: StudentReply },
        },
        config: { scope: 'directory:write' },
      },
      async ({ actor, params, body }, reply) =>
        reply.code(201).send(await createStudent(deps, actor, params.schoolId, body)),
    )

    app.get(
      '/api/v1/schools/:schoolId/students',
      {
        schema: {
          operationId: 'listStudents',
          summary:
            'Students by name, with their class in a school year; found with or without diacritics',
          tags,
          params: SchoolParams,
          querystring: StudentQuery,
          response: { 200: Page(StudentItem) },
        },
        config: { scope: 'directory:read' },
      },
      async ({
        params: { schoolId },
        query: { q, classId, limit = LIMITS.pageSizeDefault, cursor, ...query },
      }) => {
        const schoolYear = yearOf(query.schoolYear)
        const on = nearestDay(schoolYear, vietnamDay(now()))
        const after = readNameKey(cursor)
        return db.inSchool(schoolId, (trx) =>
          listStudents(trx, schoolId, { q, classId, schoolYear, on }, limit, after),
        )
      },
    )

    app.get(
      '/api/v1/schools/:schoolId/students/:studentId',
      {
        schema: {
          operationId: 'getStudent',
          summary: "A student, today's class and all enrolments",
          tags,
          params: StudentParams,
          response: { 200: StudentReply },
        },
        config: { scope: 'directory:read' },
      },
      async ({ params }) => getStudent(deps, params.schoolId, checkedId(params.studentId)),
    )

    app.post(
      '/api/v1/schools/:schoolId/students/:studentId/transfer',
      {
        schema: {
          operationId: 'transferStudent',
          summary: 'Move a student to another class, or let the student leave, from a day on',
          tags,
          params: StudentParams,
          body: TransferBody,
          response: { 200: StudentReply },
        },
        config: { scope: 'directory:write' },
      },
      async ({ actor, params, body }) =>
        transferStudent(deps, actor, params.schoolId, checkedId(params.studentId), body),
    )

    app.post(
      '/api/v1/schools/:schoolId/students/:studentId/payment-code',
      {
        schema: {
          operationId: 'issueStudentCode',
          summary: "The student's own payment code; made when it is asked for the first time",
          tags,
          params: StudentParams,
          response: { 200: PaymentCodeReply },
        },
        config: { scope: 'directory:write' },
      },
      async ({ actor, params }) => ({
        paymentCode: await issueStudentCode(deps, actor, params.schoolId, checkedId(params.studentId)),
      }),
    )

    app.post(
      '/api/v1/schools/:schoolId/families',
      {
        schema: {
          operationId: 'createFamily',
          summary: 'Put brothers and sisters under one payment code',
          tags,
          params: SchoolParams,
          body: CreateFamilyBody,
          response: { 201: FamilyReply },
        },
        config: { scope: 'directory:write' },
      },
      async ({ actor, params, body }, reply) =>
        reply.code(201).send(await createFamily(deps, actor, params.schoolId, body.studentIds)),
    )
  }
}

function checkedId(studentId: string): string {
  if (isUuid(studentId)) return studentId
  throw noStudent()
}
