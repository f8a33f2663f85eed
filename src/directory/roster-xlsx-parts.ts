// Are the parts of a workbook such that its reader may see them? The reader makes a place for every row and column up
// to the last one that a cell names, so the places are checked first: a thread that runs out of memory can take the
// process with it. What the reader would pass over in silence is made visible.
import { readNumberFormats, withShownNumbers } from './roster-xlsx-formats.js'
import { ArchiveError, listNames } from './roster-zip.js'

export interface PartLimits {
  /** The last row of a sheet. */
  rowMax: number
  /** Rows by columns of a sheet, and the shared texts of a workbook. */
  cellsMax: number
  sheetsMax: number
  /** The sheets by the cells of the largest: a workbook can name one sheet many times. */
  allCellsMax: number
  /** Of the parts of a workbook together: elements are what a reader keeps something for. */
  tagsMax: number
}

const BOOK = 'xl/workbook.xml'
const RELATIONS = 'xl/_rels/workbook.xml.rels'
const SHEET = /^xl\/worksheets\/[^/]+\.xml$/

/** Of all that a workbook can hold, only this is unpacked; a sheet that lies elsewhere is not found. */
export function isReadPart(name: string): boolean {
  return SHEET.test(name) || /^xl\/((workbook|styles|sharedStrings)\.xml|_rels\/workbook\.xml\.rels)$/i.test(name)
}

/** What a workbook says of a sheet beside its cells. */
export interface SheetFacts {
  isHidden: boolean
  hiddenRows: number[]
  /** `row:column`, from 1 and from 0. */
  mergedCells: string[]
}

/** The same parts, safe to read, and the facts of each sheet in the order of the workbook. Throws `ArchiveError`. */
export function prepareParts(
  files: ReadonlyMap<string, Buffer>, limits: PartLimits,
): { parts: Map<string, Buffer>; isOfOldMac: boolean; facts: SheetFacts[] } {
  const texts = new Map<string, string>()
  let tags = 0
  for (const [name, file] of files) {
    const text = file.toString('utf8')
    tags += countOf(text, '<')
    if (tags > limits.tagsMax) throw new ArchiveError('large', `it has more than ${limits.tagsMax} elements`)
    texts.set(name, withoutPrefix(text))
  }
  const formats = readNumberFormats(texts.get('xl/styles.xml') ?? '')
  const parts = new Map<string, string>()
  let cells = 0
  for (const [name, text] of texts) {
    const part = SHEET.test(name) ? withShownNumbers(prepareSheet(text), formats) : prepareOther(name, text)
    // In every part: a workbook can name its texts as a sheet.
    cells = Math.max(cells, countPlaces(part, limits))
    parts.set(name, part)
  }
  const book = parts.get(BOOK) ?? ''
  checkSheets(book.match(SHEET_NAMED)?.length ?? 0, cells, limits)
  return {
    parts: new Map([...parts].map(([name, part]) => [name, Buffer.from(part)])),
    isOfOldMac: /\bdate1904="1"/.test(book), facts: readSheetFacts(parts),
  }
}

// Some programs write <x:worksheet>, <x:row>.
function withoutPrefix(text: string): string {
  const prefix = /<([\w.-]+):(?:worksheet|workbook|styleSheet|sst)\b/.exec(text)?.[1]
  if (prefix === undefined) return text
  return text.replaceAll(`<${prefix}:`, '<').replaceAll(`</${prefix}:`, '</').replace(`xmlns:${prefix}=`, 'xmlns=')
}

const SHEET_NAMED = /<(?:[\w.-]+:)?sheet\b/g

function checkSheets(sheets: number, cells: number, { sheetsMax, allCellsMax }: PartLimits): void {
  if (sheets > sheetsMax) throw new ArchiveError('large', `it has more than ${sheetsMax} sheets`)
  if (sheets * cells > allCellsMax) {
    throw new ArchiveError('large', `its sheets span more than ${allCellsMax} cells: delete what is beside the lists`)
  }
}

/** The reader knows one of the two ways to say that days are counted from 1904, as on an old Mac. */
function prepareOther(name: string, text: string): string {
  return name === BOOK ? text.replace(/\bdate1904\s*=\s*["'](?:true|1)["']/, 'date1904="1"') : text
}

// Programs write rows and cells that hold nothing but a format, up to the last row of the sheet.
const EMPTY_CELL = /<c\b[^>]*\/>/g
const EMPTY_ROW = /<row\b[^>]*(?:\/>|>\s*<\/row>)/g

function prepareSheet(sheet: string): string {
  const text = sheet.replace(EMPTY_CELL, '').replace(EMPTY_ROW, '')
  // Computed by no program yet: the reader would take such cells for empty ones.
  if (/<\/f>\s*<\/c>|<f\b[^>]*\/>\s*<\/c>/.test(text)) {
    throw new ArchiveError('broken', 'it has formulas that were never computed: open it in Excel and save it')
  }
  // A formula that failed (#N/A) would be an empty cell too.
  return text.replace(/(<c\b[^>]*\bt=)"e"/g, '$1"str"')
}

// Whatever is called `r`, in whichever namespace and quotes, is the address of a row or a cell and nothing else.
const ADDRESS = /(?<!xmlns:)\br\s*=\s*(?:"([^"]*)"|'([^']*)')/g
const PLAIN_ADDRESS = /^([A-Z]{0,3})(\d{1,7})$/

/** How many places a reader makes for a part. */
function countPlaces(text: string, { rowMax, cellsMax }: PartLimits): number {
  let [lastRow, lastColumn] = [countOf(text, '<row'), 1]
  for (const [, double, single] of text.matchAll(ADDRESS)) {
    const [, letters, row] = PLAIN_ADDRESS.exec(double ?? single ?? '') ?? []
    if (letters === undefined) throw new ArchiveError('broken', 'a cell of it has no proper address')
    lastRow = Math.max(lastRow, Number(row))
    lastColumn = Math.max(lastColumn, columnNumber(letters))
  }
  if (lastRow > rowMax) throw new ArchiveError('large', `a sheet of it has something below row ${rowMax}`)
  if (lastRow * lastColumn > cellsMax) {
    throw new ArchiveError('large', `a sheet of it spans more than ${cellsMax} cells: delete what is beside the list`)
  }
  return lastRow * lastColumn
}

/** `A` -> 1, `AA` -> 27. */
function columnNumber(letters: string): number {
  return [...letters].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0)
}

function countOf(text: string, piece: string): number {
  let count = 0
  for (let at = text.indexOf(piece); at !== -1; at = text.indexOf(piece, at + piece.length)) count += 1
  return count
}

/** An archive without any of these parts, by what else is in it. */
export function kindOfArchive(archive: Buffer): string | undefined {
  const names = listNames(archive)
  const has = (form: RegExp): boolean => names.some((name) => form.test(name))
  if (has(/^content\.xml$/)) return 'an OpenDocument file (.ods)'
  if (has(/^xl\/workbook\.bin$/)) return 'a binary workbook (.xlsb)'
  if (has(/^word\//)) return 'a Word document'
  if (has(/^ppt\//)) return 'a presentation'
  if (has(/^Index\/.*\.iwa$/)) return 'a Numbers file'
  return has(/\.(?:xlsx?|csv|ods)$/i) ? 'a ZIP archive with files in it' : undefined
}

function readSheetFacts(parts: ReadonlyMap<string, string>): SheetFacts[] {
  const targets = new Map((parts.get(RELATIONS)?.match(/<Relationship\b[^>]*>/g) ?? []).map((tag) =>
    [attribute(tag, 'Id'), attribute(tag, 'Target')]))
  const sheets = (parts.get(BOOK)?.match(/<(?:[\w.-]+:)?sheet\b[^>]*>/g) ?? []).filter((tag) => attribute(tag, 'name') !== '')
  return sheets.map((tag) => {
    const target = targets.get(attribute(tag, '(?:[\\w.-]+:)?id')) ?? ''
    const text = parts.get(target.startsWith('/') ? target.slice(1) : `xl/${target}`) ?? ''
    const isHidden = /^(?:veryH|h)idden$/.test(attribute(tag, 'state'))
    return { isHidden, hiddenRows: hiddenRowsOf(text), mergedCells: mergedCellsOf(text) }
  })
}

function attribute(tag: string, name: string): string {
  const [, double, single] = new RegExp(`\\s${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)')`).exec(tag) ?? []
  return double ?? single ?? ''
}

function hiddenRowsOf(sheet: string): number[] {
  let row = 0
  const hidden: number[] = []
  for (const [tag] of sheet.matchAll(/<row\b[^>]*>/g)) {
    row = Number(attribute(tag, 'r')) || row + 1
    if (/^(?:1|true)$/.test(attribute(tag, 'hidden')) || /^0(?:\.0+)?$/.test(attribute(tag, 'ht'))) hidden.push(row)
  }
  return hidden
}

const MERGED_MAX = 50_000

/** Those that lie below the first row of their range. */
function mergedCellsOf(sheet: string): string[] {
  const merged: string[] = []
  for (const [tag] of sheet.matchAll(/<mergeCell\b[^>]*>/g)) {
    const [, left = '', top, right = '', bottom] = /^([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})$/.exec(attribute(tag, 'ref')) ?? []
    const [from, to] = [columnNumber(left) - 1, Math.min(columnNumber(right) - 1, columnNumber(left) + 100)]
    for (let row = Number(top) + 1; row <= Number(bottom); row += 1) {
      for (let column = from; column <= to; column += 1) merged.push(`${row}:${column}`)
      if (merged.length > MERGED_MAX) throw new ArchiveError('large', `it has more than ${MERGED_MAX} merged cells`)
    }
  }
  return merged
}
