// Imports of lists as files: what was imported, what a list would do, and the faults of one, to be worked off in the
// list itself.
import type { ImportPreview } from '../../directory/import-roster.js'
import type { OtherStudent } from '../../directory/roster-plan.js'
import type { DoneImport } from '../../directory/roster-preview.js'
import type { RosterFault } from '../../directory/roster-student.js'
import type { Table } from '../../export/table.js'
import type { Lang } from '../text.js'
import { faultText } from './import-fault-text.js'
import { beforeAfter, changeText } from './import-preview.js'
import type { PreviewView } from './import-preview.js'
import { importText } from './import-text.js'

export function importsTable(imports: readonly DoneImport[], lang: Lang): Table {
  const t = importText[lang]
  return {
    fileName: t.before, sheetName: t.before,
    columns: [
      { title: t.when, kind: 'instant' }, { title: t.schoolYear, kind: 'text' }, { title: t.created, kind: 'integer' },
      { title: t.updated, kind: 'integer' }, { title: t.unchanged, kind: 'integer' }, { title: t.faults, kind: 'integer' },
    ],
    rows: imports.map(({ recordedAt, schoolYear, rows, created, updated, unchanged }) =>
      [recordedAt, schoolYear, created, updated, unchanged, rows - created - updated - unchanged]),
  }
}

export function faultsTable(
  faults: readonly RosterFault[], lang: Lang, others?: ReadonlyMap<string, OtherStudent>,
): Table {
  const t = importText[lang]
  return {
    fileName: t.faults, sheetName: t.faults,
    columns: [
      { title: t.sheet, kind: 'text' }, { title: t.row, kind: 'integer' }, { title: t.column, kind: 'text' },
      { title: t.reason, kind: 'text' },
    ],
    rows: faults.map((fault) =>
      [fault.sheet ?? null, fault.row, fault.column ?? t.wholeRow, faultText(fault, lang, others)]),
  }
}

export function previewTable(
  { result, outcomes, missing, others }: ImportPreview, view: PreviewView, lang: Lang,
): Table {
  const t = importText[lang]
  if (view === 'faults') return faultsTable(result.faults, lang, others)
  const title = t[view]
  if (view === 'missing') {
    return {
      fileName: title, sheetName: title, columns: [{ title: t.name, kind: 'text' }],
      rows: missing.map(({ fullName }) => [fullName]),
    }
  }
  return {
    fileName: title, sheetName: title,
    columns: [
      { title: t.sheet, kind: 'text' }, { title: t.row, kind: 'integer' }, { title: t.name, kind: 'text' },
      { title: t.class, kind: 'text' }, { title: t.change, kind: 'text' },
      ...(view === 'updated' ? [{ title: t.beforeAfter, kind: 'text' } as const] : []),
    ],
    rows: outcomes.filter(({ kind }) => kind === view).map((outcome) =>
      [outcome.sheet ?? null, outcome.row, outcome.fullName, outcome.className, changeText(outcome, lang),
        ...(view === 'updated' ? [beforeAfter(outcome, lang).join('; ')] : [])]),
  }
}
