// Taking over a list of students over HTTP: upload, preview, confirm, result. The file waits on the server between the
// preview and the confirmation, so that what was looked at is what is taken over.
import multipart from '@fastify/multipart'
import type { MultipartFile } from '@fastify/multipart'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { Deps } from '../../deps.js'
import {
  forgetOldPreviews, getImport, keepRoster, listDoneImports, previewKeptRoster, takeKeptRoster,
} from '../../directory/roster-preview.js'
import { SchoolParams } from '../../directory/schema.js'
import { DomainError } from '../../errors.js'
import { sendTable } from '../../export/table-file.js'
import { isUuid } from '../../http/id.js'
import { LIMITS } from '../../limits.js'
import { schoolYearOf, vietnamDay } from '../../time.js'
import { redirect, sendPage } from '../page.js'
import { dayOf } from './form-fields.js'
import type { Faults } from './form-fields.js'
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
const FILE_NAME_CHARS = 120

const lang = Type.Optional(Type.String({ maxLength: 5 }))
const PreviewParams = Type.Object({ ...SchoolParams.properties, previewId: Type.String() })
const ImportParams = Type.Object({ ...SchoolParams.properties, importId: Type.String() })
const PreviewQuery = Type.Object({ view: Type.Optional(Type.Enum(PREVIEW_VIEWS)), lang })

export function importPages(deps: Deps): FastifyPluginAsyncTypebox {
  const config = { scope: 'directory:write', page: true } as const

  return async (app) => {
    await app.register(multipart, { limits: FORM_LIMITS })
    forgetFromTimeToTime(deps, (stop) => app.addHook('onClose', async () => { stop() }))

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
        if (refusal) return sendImport(deps, request, reply, { ...shown, ...refusedAs(refusal) })
        if (shown.faults) return sendImport(deps, request, reply, shown)
        return redirect(reply, `${importPath(schoolId)}/${previewId}`)
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

function refusedAs({ text, status }: Refusal): Pick<Shown, 'refused' | 'status'> {
  return { refused: text, status }
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

const FORGET_EVERY_MS = LIMITS.rosterPreviewMs

function forgetFromTimeToTime({ db, log }: Deps, onClose: (stop: () => void) => void): void {
  const timer = setInterval(() => {
    forgetOldPreviews(db).catch((error: unknown) => { log.warn({ err: error }, 'old previews could not be forgotten') })
  }, FORGET_EVERY_MS)
  timer.unref()
  onClose(() => { clearInterval(timer) })
}
