// Taking over a list of students over HTTP: upload, preview, confirm, result. The file waits on the server between the
// preview and the confirmation, so that what was looked at is what is taken over.
import multipart from '@fastify/multipart'
import type { MultipartFile } from '@fastify/multipart'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { Deps } from '../../deps.js'
import { RosterSheetRefused } from '../../directory/roster-columns.js'
import {
  getImport, keepRoster, listDoneImports, previewKeptRoster, takeKeptRoster,
} from '../../directory/roster-preview.js'
import { SchoolParams } from '../../directory/schema.js'
import { DomainError } from '../../errors.js'
import { sendTable, TABLE_FORMATS } from '../../export/table-file.js'
import { isUuid } from '../../http/id.js'
import { LIMITS } from '../../limits.js'
import { schoolYearOf, vietnamDay } from '../../time.js'
import { redirect, sendPage } from '../page.js'
import { sendSchoolTable } from '../school-table.js'
import type { Lang } from '../text.js'
import { dayOf } from './form-fields.js'
import type { Faults } from './form-fields.js'
import { faultsTable, importsTable, previewTable } from './import-export.js'
import { ImportPage, PreviewPage, ResultPage } from './import-page.js'
import { firstView, PREVIEW_VIEWS } from './import-preview.js'
import { rosterTemplate } from './import-template.js'
import { importText } from './import-text.js'
import { refusalOf } from './refusal.js'
import type { Refusal } from './refusal.js'
import { findSchoolName } from './school-name.js'
import { importPath } from './student-links.js'

const FORM_LIMITS = { files: 1, fields: 4, fieldSize: 100, fileSize: LIMITS.importBodyLimitBytes }
const IMPORTS_SHOWN = 10
// A school takes a list over some times a year.
const IMPORTS_MAX = 1_000
const FILE_NAME_CHARS = 120

const lang = Type.Optional(Type.String({ maxLength: 5 }))
const PreviewParams = Type.Object({ ...SchoolParams.properties, previewId: Type.String() })
const ImportParams = Type.Object({ ...SchoolParams.properties, importId: Type.String() })
const FormatQuery = Type.Object({ format: Type.Enum(TABLE_FORMATS), lang })
const PreviewQuery = Type.Object({ view: Type.Optional(Type.Enum(PREVIEW_VIEWS)), lang })

export function importPages(deps: Deps): FastifyPluginAsyncTypebox {
  const config = { scope: 'directory:write', page: true } as const

  return async (app) => {
    await app.register(multipart, { limits: FORM_LIMITS })

    app.get('/desk/:schoolId/students/import', { config, schema: { hide: true, params: SchoolParams } },
      async (request, reply) => sendImport(deps, request, reply, { schoolId: request.params.schoolId }))

    app.post('/desk/:schoolId/students/import', { config, schema: { hide: true, params: SchoolParams } },
      async (request, reply) => {
        const { params: { schoolId }, actor } = request
        const t = importText[request.lang]
        const shown: Shown = { schoolId, status: 422 }
        let previewId = ''
        const refusal = await refusalOf(request.lang, async () => {
          const upload = await readUpload(request)
          shown.draft = upload.draft
          if (upload.file.length === 0) shown.faults = { file: t.fileNeeded }
          const enrolFrom = upload.draft.enrolFrom === '' ? undefined : dayOf(upload.draft.enrolFrom)
          if (upload.draft.enrolFrom !== '' && enrolFrom === undefined) shown.faults = { enrolFrom: t.dayInvalid }
          if (shown.faults !== undefined) return
          const { file, fileName, draft: { schoolYear } } = upload
          previewId = await keepRoster(deps, actor, schoolId, {
            file, fileName, enrolFrom, ...(schoolYear !== '' && { schoolYear }),
          })
        })
        if (refusal) return sendImport(deps, request, reply, { ...shown, ...refusedAs(refusal, request.lang) })
        if (shown.faults) return sendImport(deps, request, reply, shown)
        return redirect(reply, `${importPath(schoolId)}/${previewId}`)
      })

    app.get('/desk/:schoolId/students/import/export', {
      config, schema: { hide: true, params: SchoolParams, querystring: FormatQuery },
    }, async (request, reply) => {
      const { params: { schoolId }, query: { format }, lang } = request
      return sendSchoolTable(request, reply, {
        db: deps.db, schoolId, format, table: importsTable(await listDoneImports(deps, schoolId, IMPORTS_MAX), lang),
        audit: { action: 'student.export', list: 'imports' },
      })
    })

    app.get('/desk/:schoolId/students/import/template.xlsx', {
      config, schema: { hide: true, params: SchoolParams },
    }, async (request, reply) => sendTable(reply, 'xlsx', rosterTemplate(importText[request.lang].templateFile)))

    app.get('/desk/:schoolId/students/import/:previewId', {
      config, schema: { hide: true, params: PreviewParams, querystring: PreviewQuery },
    }, async (request, reply) => {
      const { params: { schoolId, previewId }, query, actor } = request
      const preview = await previewKeptRoster(deps, actor, schoolId, checkedId(previewId))
      return sendPage(reply, (
        <PreviewPage request={request} schoolId={schoolId} schoolName={await findSchoolName(deps.db, schoolId)}
          previewId={previewId} preview={preview} view={query.view ?? firstView(preview)} />
      ))
    })

    for (const view of PREVIEW_VIEWS) {
      app.get(`/desk/:schoolId/students/import/:previewId/export/${view}`, {
        config, schema: { hide: true, params: PreviewParams, querystring: FormatQuery },
      }, async (request, reply) => {
        const { params: { schoolId, previewId }, query: { format }, lang, actor } = request
        const preview = await previewKeptRoster(deps, actor, schoolId, checkedId(previewId))
        return sendSchoolTable(request, reply, {
          db: deps.db, schoolId, format, table: previewTable(preview, view, lang),
          audit: { action: 'student.export', list: 'import_preview', narrowedBy: { state: view } },
        })
      })
    }

    app.post('/desk/:schoolId/students/import/:previewId', {
      config, schema: { hide: true, params: PreviewParams },
    }, async (request, reply) => {
      const { params: { schoolId, previewId }, actor } = request
      const importId = await takeKeptRoster(deps, actor, schoolId, checkedId(previewId))
      return redirect(reply, `${importPath(schoolId)}/results/${importId}`)
    })

    app.get('/desk/:schoolId/students/import/results/:importId', {
      config, schema: { hide: true, params: ImportParams },
    }, async (request, reply) => {
      const { params: { schoolId, importId } } = request
      return sendPage(reply, (
        <ResultPage request={request} schoolId={schoolId} schoolName={await findSchoolName(deps.db, schoolId)}
          done={await getImport(deps, schoolId, checkedId(importId))} />
      ))
    })

    app.get('/desk/:schoolId/students/import/results/:importId/export', {
      config, schema: { hide: true, params: ImportParams, querystring: FormatQuery },
    }, async (request, reply) => {
      const { params: { schoolId, importId }, query: { format }, lang } = request
      const { faults } = await getImport(deps, schoolId, checkedId(importId))
      return sendSchoolTable(request, reply, {
        db: deps.db, schoolId, format, table: faultsTable(faults, lang),
        audit: { action: 'student.export', list: 'import_faults', of: { kind: 'roster_import', id: importId } },
      })
    })
  }
}

interface Draft {
  schoolYear: string
  enrolFrom: string
}

interface Shown {
  schoolId: string
  draft?: Draft
  faults?: Faults
  refused?: string
  status?: number
}

function refusedAs({ text, status, cause }: Refusal, lang: Lang): Pick<Shown, 'refused' | 'status'> {
  const refused = cause instanceof RosterSheetRefused ? importText[lang].inSheet(cause.sheet, text) : text
  return { refused, status }
}

async function sendImport(
  deps: Deps, request: FastifyRequest, reply: FastifyReply, { schoolId, draft, faults = {}, refused, status }: Shown,
): Promise<FastifyReply> {
  const schoolYears = yearsOf(deps)
  return sendPage(reply, (
    <ImportPage request={request} schoolId={schoolId} schoolName={await findSchoolName(deps.db, schoolId)}
      schoolYears={schoolYears} draft={draft ?? { schoolYear: schoolYears[0] ?? '', enrolFrom: '' }} faults={faults}
      refused={refused} imports={await listDoneImports(deps, schoolId, IMPORTS_SHOWN)} />
  ), status)
}

/** The list of the next year comes before that year begins. */
function yearsOf({ now }: Pick<Deps, 'now'>): string[] {
  const first = Number(schoolYearOf(vietnamDay(now())).slice(0, 4))
  return [first, first + 1].map((year) => `${year}-${year + 1}`)
}

/** The fields stand before the file in the form, so they were read when the file begins. */
async function readUpload(request: FastifyRequest): Promise<{ file: Buffer; fileName: string; draft: Draft }> {
  const part = request.isMultipart() ? await request.file() : undefined
  if (part === undefined) return { file: Buffer.alloc(0), fileName: '', draft: { schoolYear: '', enrolFrom: '' } }
  const file = await part.toBuffer()
  const fileName = part.filename.normalize('NFC').replace(/\p{Cc}/gu, '').slice(0, FILE_NAME_CHARS)
  return { file, fileName, draft: { schoolYear: fieldOf(part, 'schoolYear'), enrolFrom: fieldOf(part, 'enrolFrom') } }
}

function fieldOf({ fields }: MultipartFile, name: string): string {
  const field = fields[name]
  return field !== undefined && !Array.isArray(field) && field.type === 'field' && typeof field.value === 'string'
    ? field.value.trim()
    : ''
}

function checkedId(id: string): string {
  if (isUuid(id)) return id
  throw new DomainError('ROSTER_PREVIEW_NOT_FOUND', 'there is no such list')
}
