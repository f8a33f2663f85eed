// The tables of the dashboard as files: the same rows as on the page of that address, hidden counts as empty
// cells with a word beside them, and never a child.
import type { HidableShare } from '../../adoption/figure.js'
import type { ShownTrio } from '../../adoption/published.js'
import type { Table, TableCell, TableColumn, TableRow } from '../../export/table.js'
import type { Lang } from '../text.js'
import type { ExportName } from './links.js'
import { binLabel } from './model.js'
import type { Model } from './model.js'
import { rateWords } from './share.js'
import { levelText, text } from './text.js'

export function exportTable(name: ExportName, model: Model, lang: Lang): Table {
  const { title, columns, rows } = TABLES[name](model, lang)
  const t = text[lang]
  return {
    fileName: `${title} - ${model.authority.name} - ${model.view.asOf}`,
    sheetName: title.slice(0, SHEET_NAME_CHARS),
    columns: [...columns, { title: t.asOf, kind: 'day' }],
    rows: rows.map((row) => [...row, model.view.asOf]),
  }
}

const SHEET_NAME_CHARS = 31

interface Body {
  title: string
  columns: readonly TableColumn[]
  rows: readonly TableRow[]
}

const TABLES: Readonly<Record<ExportName, (model: Model, lang: Lang) => Body>> = {
  glance: (model, lang) => {
    const t = text[lang]
    const codes = ['m1', 'm2', 'm3', 'm4', 'm5', 'm6'] as const
    return {
      title: t.title,
      columns: [{ title: t.measure, kind: 'text' }, ...shareColumns('', 'integer', lang),
        ...shareColumns(`${t.lastYear(model.lastYear.asOf)}: `, 'integer', lang)],
      rows: codes.map((code) => [`${code.toUpperCase()}. ${t[code]}`, ...shareCells(model.glance[code], model, lang),
        ...shareCells(model.lastYear.glance[code], model, lang)]),
    }
  },
  groups: (model, lang) => ({
    title: text[lang].byGroup,
    columns: [{ title: text[lang].feeGroup, kind: 'text' }, ...trioColumns(lang)],
    rows: model.byGroup.map((row) => [text[lang][row.group], ...trioCells(row, model, lang)]),
  }),
  trend: (model, lang) => ({
    title: text[lang].trend,
    columns: [{ title: text[lang].week, kind: 'day' }, ...trioColumns(lang)],
    rows: model.trend.map((point) => [point.asOf, ...trioCells(point, model, lang)]),
  }),
  distribution: ({ distribution, rankedBy }, lang) => ({
    title: `${text[lang].distribution} (${rankedBy})`,
    columns: [{ title: text[lang].range, kind: 'text' }, { title: text[lang].schoolCount, kind: 'integer' }],
    rows: [
      ...distribution.bins.map((count, index) => [binLabel(index), count]),
      [text[lang].noData, distribution.noDataSchools],
      [text[lang].hiddenSchools, distribution.hiddenSchools],
    ],
  }),
  schools: (model, lang) => {
    const t = text[lang]
    const shown = model.schools.filter(({ state }) => model.view.state === null || state === model.view.state)
    return {
      title: t.schoolsTitle,
      columns: [
        { title: t.school, kind: 'text' }, { title: t.managedBy, kind: 'text' }, { title: t.level, kind: 'text' },
        { title: t.area, kind: 'text' }, { title: t.state, kind: 'text' },
        ...shareColumns('M3: ', 'integer', lang), ...shareColumns('M5: ', 'vnd', lang),
      ],
      rows: shown.map(({ name, managedBy, levels, urban, state, students, money }) => [
        name, managedBy?.name ?? null, levels.map((level) => levelText[lang][level]).join(', '),
        urban ? t.urban : t.rural, t[state], ...shareCells(students, model, lang), ...shareCells(money, model, lang),
      ]),
    }
  },
  table: (model, lang) => {
    const t = text[lang]
    const { columns, rows, total } = model.table
    const lines = (name: string, cells: readonly (ShownTrio | null)[], all: ShownTrio): TableRow[] => [
      ...cells.flatMap((trio, index): TableRow[] => {
        const level = columns[index]
        if (trio === null || level === undefined) return []
        return [[name, levelText[lang][level], ...trioCells(trio, model, lang)]]
      }),
      [name, t.total, ...trioCells(all, model, lang)],
    ]
    return {
      title: t.table,
      columns: [{ title: t.managedBy, kind: 'text' }, { title: t.level, kind: 'text' }, ...trioColumns(lang)],
      rows: [
        ...rows.flatMap(({ managedBy, cells, all }) => lines(managedBy?.name ?? t.noManager, cells, all)),
        ...lines(t.total, total.cells, total.all),
      ],
    }
  },
}

function trioColumns(lang: Lang): TableColumn[] {
  return [
    ...shareColumns('M2: ', 'integer', lang), ...shareColumns('M3: ', 'integer', lang),
    ...shareColumns('M5: ', 'vnd', lang),
  ]
}

function trioCells({ m2, m3, m5 }: ShownTrio, model: Model, lang: Lang): TableCell[] {
  return [m2, m3, m5].flatMap((share) => shareCells(share, model, lang))
}

export function shareColumns(before: string, kind: 'integer' | 'vnd', lang: Lang): TableColumn[] {
  const t = text[lang]
  return [
    { title: `${before}${t.numerator}`, kind }, { title: `${before}${t.denominator}`, kind },
    { title: `${before}${t.rate}`, kind: 'rate' }, { title: `${before}${t.note}`, kind: 'text' },
  ]
}

/** Both counts, the rate, and why there is none. */
export function shareCells(share: HidableShare, { smallCellMin }: Pick<Model, 'smallCellMin'>, lang: Lang): TableCell[] {
  const { numerator, denominator, rate } = share
  return [numerator, denominator, rate, rate === null ? rateWords(share, { lang, smallCellMin }) : null]
}
