// An amount in Vietnamese words, as a receipt must say it beside the figures. Pure.
import assert from 'node:assert/strict'

const DIGITS = ['không', 'một', 'hai', 'ba', 'bốn', 'năm', 'sáu', 'bảy', 'tám', 'chín'] as const
const GROUPS = ['', ' nghìn', ' triệu', ' tỷ'] as const
const AMOUNT_END = 1_000_000_000_000

/** `1005000` -> `"Một triệu không trăm linh năm nghìn đồng"`. For whole đồng from 0 to below 10^12. */
export function amountInWords(amountVnd: number): string {
  assert(Number.isSafeInteger(amountVnd) && amountVnd >= 0 && amountVnd < AMOUNT_END, 'an amount of a receipt')
  const parts: string[] = []
  for (let at = GROUPS.length - 1; at >= 0; at -= 1) {
    const group = Math.floor(amountVnd / 1_000 ** at) % 1_000
    if (group > 0) parts.push(`${groupInWords(group, parts.length === 0)}${GROUPS[at]}`)
  }
  const text = parts.length === 0 ? 'không' : parts.join(' ')
  return `${text.charAt(0).toUpperCase()}${text.slice(1)} đồng`
}

/** Three digits; the first group of an amount says no hundreds that it has not. */
function groupInWords(group: number, isFirst: boolean): string {
  const [hundreds, tens, units] = [Math.floor(group / 100), Math.floor(group / 10) % 10, group % 10]
  const withHundreds = hundreds > 0 || !isFirst
  return [
    ...(withHundreds ? [`${digit(hundreds)} trăm`] : []),
    ...tensInWords(tens, units, withHundreds),
  ].join(' ')
}

function tensInWords(tens: number, units: number, withHundreds: boolean): string[] {
  if (tens === 0) return units === 0 ? [] : [withHundreds ? `linh ${digit(units)}` : digit(units)]
  const head = tens === 1 ? 'mười' : `${digit(tens)} mươi`
  return [units === 0 ? head : `${head} ${unitAfterTens(tens, units)}`]
}

function unitAfterTens(tens: number, units: number): string {
  if (units === 5) return 'lăm'
  if (units === 1 && tens > 1) return 'mốt'
  return units === 4 && tens > 1 ? 'tư' : digit(units)
}

function digit(value: number): string {
  return DIGITS[value] ?? ''
}
