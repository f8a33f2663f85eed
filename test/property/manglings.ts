// How a code was mangled on its way into a content: what the property test counts, so that its contents stay as hard
// as they are.

export type Mangling = 'as it is' | 'in lower case' | 'apart once' | 'apart twice or more' | 'over lines' |
  'glued to what is before' | 'glued to what is behind' | 'wrapped by a bank' | 'lost'

const SYMBOL = /[0-9A-Za-z]/
/** What stands around a code in the longest memo of a payer; more comes from banks. */
const MEMO_CHARS = 60

export function manglingsOf(content: string, code: string): Mangling[] {
  let symbols = ''
  const places: number[] = []
  for (let at = 0; at < content.length; at += 1) {
    const char = content.charAt(at)
    if (!SYMBOL.test(char)) continue
    symbols += char
    places.push(at)
  }
  const from = symbols.toUpperCase().indexOf(code)
  const [first, last] = [places[from], places[from + code.length - 1]]
  if (first === undefined || last === undefined) return ['lost']
  const gaps = content.slice(first, last + 1).split(/[^0-9A-Za-z]+/)
  const kinds: Mangling[] = []
  if (content.includes(code)) kinds.push('as it is')
  if (symbols.slice(from, from + code.length) === code.toLowerCase()) kinds.push('in lower case')
  if (gaps.length === 2) kinds.push('apart once')
  if (gaps.length > 2) kinds.push('apart twice or more')
  if (content.slice(first, last).includes('\n')) kinds.push('over lines')
  if (SYMBOL.test(content.charAt(first - 1))) kinds.push('glued to what is before')
  if (SYMBOL.test(content.charAt(last + 1))) kinds.push('glued to what is behind')
  if (content.length - (last - first) > MEMO_CHARS) kinds.push('wrapped by a bank')
  return kinds
}
