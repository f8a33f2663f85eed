// The forms of pages that the fuzz has seen: where they lead and what they ask, so that it can send them as a browser
// would, filled in.
import type { Random } from '../../src/demo/random.js'

export interface SeenForm {
  path: string
  fields: readonly (readonly [string, string])[]
}

/** Usual answers to what forms ask; what a form says already stays. */
export const ANSWERS: Readonly<Record<string, readonly [string, ...string[]]>> = {
  note: ['theo giấy báo'], reason: ['nhầm học sinh'], amount: ['1.000', '50000', '250.000'], amountVnd: ['1.000', '250000'],
  receivedOn: ['2026-09-12', '12/09/2026'], percent: ['50', '100'], payer: ['budget', 'nobody'], legalBasis: ['NĐ 238/2025'],
  decisionNumber: ['12/QĐ'], validFrom: ['2026-09-01'], validTo: ['2026-09-30'], choice: ['keep', 'post', 'reject', 'refund'],
  fullName: ['Tạ Đổi Tên'], name: ['Đổi tên'], dueOn: ['2026-09-30'], on: ['2026-09-12'], secret: ['một khoá bí mật'],
  role: ['cashier'], provider: ['sepay'], mode: ['apikey'], birthDate: ['05/09/2017'], asked: ['ZF23456789AB', '0801000123456'],
  schoolYear: ['2026-2027'], code: ['PHI1', '123456'], loginName: ['nguoi.moi@school.example'], password: ['một câu dài để thử'],
  enrolFrom: ['2026-09-01'], text: ['An'], q: ['Tạ'], priority: ['10'],
}

const FORM = /<form\b([^>]*)>([\s\S]*?)<\/form>/g
const FIELD = /<(?:input|textarea|select|option|button)\b[^>]*>/g

export function formsIn(html: string): SeenForm[] {
  return [...html.matchAll(FORM)].flatMap(([, head = '', inside = '']) => {
    const action = attribute(head, 'action')
    return action === undefined || attribute(head, 'method') !== 'post' ? [] : [{ path: action, fields: fieldsIn(inside) }]
  })
}

function fieldsIn(html: string): [string, string][] {
  let select = ''
  return [...html.matchAll(FIELD)].flatMap(([tag]): [string, string][] => {
    const name = attribute(tag, 'name')
    const value = attribute(tag, 'value') ?? ''
    if (tag.startsWith('<select')) {
      select = name ?? ''
      return []
    }
    if (tag.startsWith('<option')) return select === '' ? [] : [[select, value]]
    return name === undefined || name === '_csrf' ? [] : [[name, value]]
  })
}

function attribute(tag: string, name: string): string | undefined {
  return new RegExp(`\\b${name}="([^"]*)"`).exec(tag)?.[1]?.replaceAll('&amp;', '&').replaceAll('&quot;', '"')
}

/** One value a field, as a person would choose; what is empty gets a usual answer. */
export function filledIn({ fields }: SeenForm, random: Random): Record<string, string> {
  const filled: Record<string, string> = {}
  for (const [name, value] of fields) {
    if (name in filled && random.chance(0.6)) continue
    const answers = ANSWERS[name]
    filled[name] = value === '' && answers !== undefined ? random.pick(answers) : value
  }
  return filled
}
