// Taking over a list of students, step by step: choose the file, see row by row what it would do, and see what it did.
import type { FastifyRequest } from 'fastify'
import type { DoneImport, KeptPreview } from '../../directory/roster-preview.js'
import { Card } from '../components/content.js'
import { ExportLinks } from '../components/export-links.js'
import { Button, ButtonLink, Field, PostForm, Select } from '../components/form.js'
import { Notice } from '../components/notice.js'
import { Table } from '../components/table.js'
import { dayText, timeText, wholeText } from '../format.js'
import { DeskPage } from '../layout.js'
import type { Lang } from '../text.js'
import type { Faults } from './form-fields.js'
import { FaultTable } from './import-fault-table.js'
import { PreviewTabs, previewCounts } from './import-preview.js'
import type { PreviewView } from './import-preview.js'
import { importText } from './import-text.js'
import { importPath, studentsPath } from './student-links.js'

interface Frame {
  request: FastifyRequest
  schoolId: string
  schoolName: string
}

export interface ImportPageProps extends Frame {
  schoolYears: readonly string[]
  draft: { schoolYear: string; enrolFrom: string }
  faults: Faults
  refused?: string | undefined
  imports: readonly DoneImport[]
}

export function ImportPage(props: ImportPageProps) {
  const { request, schoolId, schoolName, schoolYears, draft, faults, refused, imports } = props
  const t = importText[request.lang]
  const path = importPath(schoolId)
  return (
    <DeskPage request={request} schoolId={schoolId} schoolName={schoolName} title={t.import} current="students"
      styles={['students.css']}>
      <div>
        <p class="small"><a href={studentsPath(schoolId)}>{t.backToList}</a></p>
        <h1>{t.import}</h1>
      </div>
      {refused !== undefined && <Notice tone="bad"><p>{refused}</p></Notice>}
      <Card>
        <p class="soft">{t.steps}</p>
        <PostForm request={request} action={path} class="form" multipart>
          <Select label={t.schoolYear} name="schoolYear" value={draft.schoolYear}
            options={schoolYears.map((year) => ({ value: year, label: year }))} />
          <Field label={t.enrolFrom} name="enrolFrom" type="date" value={draft.enrolFrom} hint={t.enrolFromHint}
            fault={faults['enrolFrom']} />
          <Field label={t.file} name="file" type="file" hint={t.fileHint} fault={faults['file']} required
            input={{ accept: '.xlsx,.csv,text/csv' }} />
          <div class="row">
            <Button>{t.preview}</Button>
            <ButtonLink href={`${path}/template.xlsx`} kind="quiet">{t.template}</ButtonLink>
          </div>
        </PostForm>
      </Card>
      <section class="stack">
        <div class="row row-apart">
          <h2>{t.before}</h2>
          {imports.length > 0 && <ExportLinks lang={request.lang} href={`${path}/export`} />}
        </div>
        <Table caption={t.before} captionHidden rows={imports} keyOf={({ id }) => id} empty={t.noneBefore} columns={[
          { title: t.when, kind: 'head', cell: ({ id, recordedAt }) => (
            <a class="number" href={`${path}/results/${id}`}>{timeText(recordedAt)}</a>
          ) },
          { title: t.schoolYear, cell: ({ schoolYear }) => schoolYear },
          { title: t.created, kind: 'number', cell: ({ created }) => wholeText(created) },
          { title: t.updated, kind: 'number', cell: ({ updated }) => wholeText(updated) },
          { title: t.unchanged, kind: 'number', cell: ({ unchanged }) => wholeText(unchanged) },
          { title: t.faults, kind: 'number', cell: (done) => wholeText(refusedRows(done)) },
        ]} />
      </section>
    </DeskPage>
  )
}

function refusedRows({ rows, created, updated, unchanged }: DoneImport): number {
  return rows - created - updated - unchanged
}

export function PreviewPage({ request, schoolId, schoolName, previewId, preview, view }: Frame & {
  previewId: string; preview: KeptPreview; view: PreviewView
}) {
  const t = importText[request.lang]
  const { created, updated } = preview.result
  const path = `${importPath(schoolId)}/${previewId}`
  const counts = previewCounts(preview)
  return (
    <DeskPage request={request} schoolId={schoolId} schoolName={schoolName} title={t.preview} current="students"
      styles={['students.css']}>
      <div class="page-head">
        <div>
          <p class="small"><a href={importPath(schoolId)}>{t.import}</a></p>
          <h1>{t.previewOf(preview.fileName)}</h1>
          <p class="soft small">{t.place(preview.result.schoolYear, dayText(preview.result.enrolFrom))}</p>
        </div>
        <div class="row">
          <ButtonLink href={importPath(schoolId)}>{t.other}</ButtonLink>
          {created + updated > 0 && (
            <PostForm request={request} action={path}><Button>{t.take(created + updated)}</Button></PostForm>
          )}
        </div>
      </div>
      {created + updated === 0 && <Notice tone="info"><p>{t.nothing}</p></Notice>}
      {counts.faults > 0 && view !== 'faults' && (
        <Notice tone="warn"><p><a href={`${path}?view=faults`}>{t.previewFaults(counts.faults)}</a></p></Notice>
      )}
      <ReadSheets {...preview.result} lang={request.lang} />
      <PreviewTabs lang={request.lang} path={path} preview={preview} view={view} />
    </DeskPage>
  )
}

/** Which sheets of a workbook were read, and which hold no list: a class that was forgotten is seen here. */
function ReadSheets({ lang, sheets, skippedSheets, columns, newClasses }: KeptPreview['result'] & { lang: Lang }) {
  const t = importText[lang]
  return (
    <>
      {sheets.length > 0 && <p>{t.sheetsRead(sheets.length, sheets.join(', '))}</p>}
      {skippedSheets.length > 0 && <Notice tone="info"><p>{t.sheetsSkipped(skippedSheets.join(', '))}</p></Notice>}
      <p class="soft small">{t.columnsRead(columns.read.join(', '))}</p>
      {columns.unread.length > 0 && <Notice tone="info"><p>{t.columnsUnread(columns.unread.join(', '))}</p></Notice>}
      {newClasses.length > 0 && <Notice tone="info"><p>{t.newClasses(newClasses.join(', '))}</p></Notice>}
    </>
  )
}

export function ResultPage({ request, schoolId, schoolName, done }: Frame & { done: DoneImport }) {
  const { lang } = request
  const t = importText[lang]
  const left = refusedRows(done)
  return (
    <DeskPage request={request} schoolId={schoolId} schoolName={schoolName} title={t.result} current="students"
      styles={['students.css']}>
      <div class="page-head">
        <div>
          <p class="small"><a href={importPath(schoolId)}>{t.import}</a></p>
          <h1>{t.result}</h1>
          <p class="soft small">{t.schoolYear} {done.schoolYear} · <span class="number">{timeText(done.recordedAt)}</span></p>
        </div>
        <ButtonLink href={studentsPath(schoolId)} kind="main">{t.toStudents}</ButtonLink>
      </div>
      <Notice tone="good"><p>{t.resultDone(done.created, done.updated)}</p></Notice>
      {left > 0 && <Notice tone="warn" title={t.resultFaults(left)}><p>{t.faultsHint}</p></Notice>}
      {done.faults.length > 0 && (
        <ExportLinks lang={lang} href={`${importPath(schoolId)}/results/${done.id}/export`} />
      )}
      {done.faults.length > 0 && <FaultTable lang={lang} faults={done.faults} />}
    </DeskPage>
  )
}
