// The thread that writes a workbook. It takes the rows in plain form, so that nothing but the writing of the format
// happens here, and gives the file back whole.
import assert from 'node:assert/strict'
import { parentPort } from 'node:worker_threads'
import writeWorkbook from 'write-excel-file/node'
import type { Cell, Row } from 'write-excel-file/node'
import type { ColumnKind, PlainCell, Table, TableColumn } from './table.js'
import { printOnePageWide } from './xlsx-print.js'
import { escapeXstring, sheetNameOf } from './xlsx-text.js'

export type ToXlsxWorker =
  | { type: 'rows'; rows: PlainCell[][] }
  | ({ type: 'finish' } & Pick<Table, 'sheetName' | 'columns' | 'toFillIn'>)
export interface FromXlsxWorker { bytes: Uint8Array }

// Excel refuses a file with a longer cell.
const CELL_CHARS_MAX = 32_767
const WIDTHS: Readonly<Record<ColumnKind, number>> = {
  text: 10, vnd: 14, integer: 9, day: 12, instant: 20, rate: 10,
}
const TEXT_WIDTH_MAX = 60

const port = parentPort
assert(port, 'runs as a worker thread')
const rows: PlainCell[][] = []

port.on('message', (message: ToXlsxWorker) => {
  if (message.type === 'rows') {
    for (const row of message.rows) rows.push(row)
    return
  }
  void finish(message)
})

async function finish(
  { sheetName, columns, toFillIn }: Pick<Table, 'sheetName' | 'columns' | 'toFillIn'>,
): Promise<void> {
  const header = columns.map(({ title }): Cell => ({
    value: harmless(title), type: String, fontWeight: 'bold', backgroundColor: '#E8EEF4', wrap: true,
  }))
  const hints = toFillIn === undefined ? [] : [toFillIn.hints.map((hint): Cell => ({
    value: harmless(hint), type: String, textColor: '#4D5B6C', fontStyle: 'italic', wrap: true, alignVertical: 'top',
  }))]
  const widths = columns.map((column, at) => ({ width: widthOf(column, at) }))
  const body = rows.map((row): Row => columns.map(({ kind }, at) => cellOf(kind, row[at] ?? null)))
  rows.length = 0
  const [name, headRows] = [sheetNameOf(sheetName), hints.length + 1]
  const blank = Array.from({ length: toFillIn?.blankRows ?? 0 }, (): Row => columns.map(() => AS_TEXT))
  const bytes = await writeWorkbook([...hints, header, ...body, ...blank], {
    sheet: name, columns: widths, stickyRowsCount: headRows, orientation: 'landscape',
  }, { features: [printOnePageWide(name, headRows)] }).toBuffer()
  const copy = Uint8Array.from(bytes)
  port?.postMessage({ bytes: copy } satisfies FromXlsxWorker, [copy.buffer])
  port?.close()
}

// An empty cell that Excel keeps as a text, so that a number typed into it keeps its zeros.
const AS_TEXT: Cell = { type: String, format: '@' }

function cellOf(kind: ColumnKind, cell: PlainCell): Cell {
  if (cell === null) return null
  if (typeof cell === 'number') return { value: cell, type: Number, format: '#,##0' }
  switch (kind) {
    case 'rate': return { value: Number(cell) / 100, type: Number, format: '0.00%' }
    case 'day': return { value: new Date(`${cell}T00:00:00Z`), type: Date, format: 'dd/mm/yyyy' }
    // A workbook knows no time zones: the wall clock in Vietnam is what it shows.
    case 'instant': return { value: new Date(`${cell.replace(' ', 'T')}Z`), type: Date, format: 'dd/mm/yyyy hh:mm:ss' }
    // A cell of the type text is never computed, whatever it begins with.
    default: return { value: harmless(cell), type: String, ...(lineLength(cell) > TEXT_WIDTH_MAX && { wrap: true }) }
  }
}

// The library keeps its texts in a plain object: one named like a method of every object would break the file.
function harmless(text: string): string {
  return escapeXstring((text in {} ? `${text} ` : text).slice(0, CELL_CHARS_MAX))
}

/** In characters, of the longest line that any row shows; a longer text is wrapped. */
function widthOf({ title, kind }: TableColumn, at: number): number {
  const longest = rows.reduce((most, row) => Math.max(most, shownLength(row[at] ?? null)), 0)
  return Math.min(TEXT_WIDTH_MAX, Math.max(WIDTHS[kind], title.length, longest) + 2)
}

function shownLength(cell: PlainCell): number {
  if (typeof cell === 'string') return lineLength(cell)
  // With a point before every three digits.
  return cell === null ? 0 : Math.ceil(String(cell).length * 4 / 3)
}

function lineLength(text: string): number {
  return text.split('\n').reduce((most, line) => Math.max(most, line.length), 0)
}
