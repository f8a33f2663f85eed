// The tables of one school's page as files: the same sums as on the page, hidden counts as empty cells with a word
// beside them, and never a child.
import type { SchoolReport } from '../../adoption/school-report.js'
import type { Table, TableColumn, TableRow } from '../../export/table.js'
import type { Lang } from '../text.js'
import { shareCells, shareColumns } from './exports.js'
import type { SchoolExportName } from './links.js'
import { text } from './text.js'

interface Body {
  title: string
  columns: readonly TableColumn[]
  rows: readonly TableRow[]
}

interface Shown {
  lang: Lang
  smallCellMin: number
}

const BODIES: Readonly<Record<SchoolExportName, (report: SchoolReport, shown: Shown) => Body>> = {
  groups: ({ groups }, { lang, smallCellMin }) => ({
    title: text[lang].byGroup,
    columns: [
      { title: text[lang].feeGroup, kind: 'text' }, ...shareColumns('M3: ', 'integer', lang),
      ...shareColumns('M5: ', 'vnd', lang),
    ],
    rows: groups.map(({ group, students, money }) =>
      [text[lang][group], ...[students, money].flatMap((share) => shareCells(share, { smallCellMin }, lang))]),
  }),
  ways: ({ classes }, { lang, smallCellMin }) => {
    const t = text[lang]
    return {
      title: t.byClass,
      columns: [
        { title: t.way, kind: 'text' }, { title: t.isCashless, kind: 'text' }, { title: t.payments, kind: 'integer' },
        { title: t.amount, kind: 'vnd' }, { title: t.note, kind: 'text' },
      ],
      rows: classes.map(({ paymentClass, isCashless, payments, moneyVnd }) => [
        t[paymentClass], isCashless ? t.yes : t.no, payments, moneyVnd,
        payments === null || moneyVnd === null ? t.hiddenBelow(smallCellMin) : null,
      ]),
    }
  },
  grades: ({ grades }, { lang, smallCellMin }) => {
    const t = text[lang]
    return {
      title: t.byGrade,
      columns: [{ title: t.grade, kind: 'text' }, ...shareColumns('M3: ', 'integer', lang)],
      rows: grades.map(({ grade, students }) =>
        [grade === null ? t.noGrade : t.gradeName(grade), ...shareCells(students, { smallCellMin }, lang)]),
    }
  },
}

const SHEET_NAME_CHARS = 31

export function schoolTable(name: SchoolExportName, report: SchoolReport, shown: Shown): Table {
  const { title, columns, rows } = BODIES[name](report, shown)
  return {
    fileName: `${title} - ${report.line.name} - ${report.asOf}`,
    sheetName: title.slice(0, SHEET_NAME_CHARS),
    columns: [...columns, { title: text[shown.lang].asOf, kind: 'day' }],
    rows: rows.map((row) => [...row, report.asOf]),
  }
}
