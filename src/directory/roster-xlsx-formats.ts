// What does a workbook show for a number? A code 0012 is often the number 12 with the format 0000, and only the format
// holds its zeros: such a cell becomes the text that people see. Pure.

/** The text of a whole number, or undefined where the number alone is what is shown. */
export type Shown = (digits: string) => string | undefined

/** By the style of a cell; those that show a number as it is are not there. */
export function readNumberFormats(styles: string): Map<string, Shown> {
  const codes = new Map((styles.match(/<numFmt\b[^>]*>/g) ?? []).map((tag) =>
    [attribute(tag, 'numFmtId'), plainXml(attribute(tag, 'formatCode'))]))
  const start = styles.indexOf('<cellXfs')
  const cellStyles = start === -1 ? '' : styles.slice(start, styles.indexOf('</cellXfs>', start))
  const formats = new Map<string, Shown>()
  for (const [at, tag] of (cellStyles.match(/<xf\b[^>]*>/g) ?? []).entries()) {
    const id = attribute(tag, 'numFmtId')
    const shown = shownBy(id === SCIENTIFIC ? '0.00E+00' : codes.get(id) ?? '')
    if (shown !== undefined) formats.set(String(at), shown)
  }
  return formats
}

/** Built into Excel: what it gives a class 6E1. */
const SCIENTIFIC = '11'

function attribute(tag: string, name: string): string {
  const [, double, single] = new RegExp(`\\s${name}="([^"]*)"|\\s${name}='([^']*)'`).exec(tag) ?? []
  return double ?? single ?? ''
}

const ENTITIES: Readonly<Record<string, string>> = { quot: '"', amp: '&', lt: '<', gt: '>', apos: "'" }

function plainXml(text: string): string {
  return text.replace(/&(\w+);/g, (whole, name: string) => ENTITIES[name] ?? whole)
}

// ECMA-376, 18.8.31: a text in quotes or behind a backslash, a blank as wide as a letter, a repeated letter, a
// condition or language, and places for digits.
const TOKEN = /"([^"]*)"|\\(.)|_.|\*.|\[[^\]]*\]|([0#?])|([ \-()/+'.,&])|([^])/gu

/** For the first section of a format. */
export function shownBy(code: string): Shown | undefined {
  if (/^0(?:\.0+)?E\+0+/i.test(code)) return scientific
  const places: { literal: string | null; isZero: boolean }[] = []
  for (const [whole, quoted, escaped, place, sign, other] of code.matchAll(TOKEN)) {
    if (other === ';') break
    if (other !== undefined || sign === '.' || sign === ',') return undefined
    if (place !== undefined) places.push({ literal: null, isZero: place === '0' })
    else if (!/^[_*[]/.test(whole)) places.push({ literal: quoted ?? escaped ?? sign ?? '', isZero: false })
  }
  const zeros = places.filter(({ isZero }) => isZero).length
  const isPlain = zeros < 2 && places.every(({ literal }) => literal === null || literal.trim() === '')
  if (isPlain || !places.some(({ literal }) => literal === null)) return undefined
  return (digits) => fill(places, digits)
}

function fill(places: readonly { literal: string | null; isZero: boolean }[], digits: string): string {
  let left = digits
  const first = places.findIndex(({ literal }) => literal === null)
  const shown: string[] = []
  for (let at = places.length - 1; at >= 0; at -= 1) {
    const { literal, isZero } = places[at] ?? { literal: '', isZero: false }
    if (literal !== null) shown.push(literal)
    else if (at === first) shown.push(left === '' && isZero ? '0' : left)
    else {
      shown.push(left === '' ? (isZero ? '0' : '') : left.slice(-1))
      left = left.slice(0, -1)
    }
  }
  return shown.reverse().join('').trim()
}

// A long number keeps its digits whatever it looks like; a short one was a text such as 6E1.
function scientific(digits: string): string | undefined {
  return digits.length < 9 ? Number(digits).toExponential(2).replace('e', 'E') : undefined
}

/** The sheet with such numbers as texts. */
export function withShownNumbers(sheet: string, formats: ReadonlyMap<string, Shown>): string {
  if (formats.size === 0) return sheet
  return sheet.split('</c>').map((piece) => {
    const at = piece.lastIndexOf('<c ')
    return at === -1 ? piece : piece.slice(0, at) + shownCell(piece.slice(at), formats)
  }).join('</c>')
}

function shownCell(cell: string, formats: ReadonlyMap<string, Shown>): string {
  const head = /^<c [^>]*>/.exec(cell)?.[0] ?? ''
  const digits = /<v>(\d{1,15})(?:\.0+)?<\/v>/.exec(cell)?.[1]
  const type = attribute(head, 't')
  if (digits === undefined || (type !== '' && type !== 'n')) return cell
  const shown = formats.get(attribute(head, 's'))?.(digits)
  if (shown === undefined) return cell
  const body = cell.slice(head.length).replace(/<v>[^<]*<\/v>/, () => `<v>${asXml(shown)}</v>`)
  return `${head.replace(/\st="n"/, '').slice(0, -1)} t="str">${body}`
}

function asXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}
