// Values that a JSON schema of a route takes, with rows of the sample schools where a field names one.
import fc from 'fast-check'
import type { Random } from '../../src/demo/random.js'
import type { Schema } from '../web/walk-world.js'

/** A row that a parameter or a field of this name can mean; undefined when it names none. */
export type FindRow = (name: string) => string | undefined

export function validValue(schema: Schema, name: string, findRow: FindRow, random: Random): unknown {
  const { type, anyOf } = schema
  const choices = schema.enum ?? (schema.const === undefined ? [] : [schema.const])
  if (choices.length > 0) return choices[random.below(choices.length)]
  if (anyOf && anyOf.length > 0) return validValue(anyOf[random.below(anyOf.length)] ?? {}, name, findRow, random)
  switch (type) {
    case 'object': return validObject(schema, findRow, random)
    case 'array': return validList(schema, name, findRow, random)
    case 'integer':
    case 'number': return validNumber(schema, random)
    case 'boolean': return random.chance(0.5)
    case 'null': return null
    default: return validText(schema, name, findRow, random)
  }
}

export function validObject(
  { properties = {}, required = [] }: Schema, findRow: FindRow, random: Random,
): Record<string, unknown> {
  const wanted = Object.entries(properties).filter(([key]) => required.includes(key) || random.chance(0.35))
  return Object.fromEntries(wanted.map(([key, one]) => [key, validValue(one, key, findRow, random)]))
}

function validList(
  { items, minItems = 0, maxItems = 3 }: Schema, name: string, findRow: FindRow, random: Random,
): unknown[] {
  const length = Math.min(maxItems, minItems + random.below(3))
  return Array.from({ length }, () => validValue(items ?? {}, name.replace(/s$/, ''), findRow, random))
}

const AMOUNTS: readonly [number, ...number[]] = [1, 1_000, 50_000, 77_000, 250_000]

function validNumber({ minimum = 0, maximum, exclusiveMaximum }: Schema, random: Random): number {
  const most = maximum ?? (exclusiveMaximum === undefined ? 1_000_000 : exclusiveMaximum - 1)
  const usual = random.pick(AMOUNTS)
  if (random.chance(0.1)) return random.chance(0.5) ? minimum : most
  return usual >= minimum && usual <= most && most > 1_000 ? usual : minimum + random.below(most - minimum + 1)
}

const DAYS: readonly [string, ...string[]] = ['2026-08-01', '2026-09-01', '2026-09-12', '2026-09-20', '2026-09-30', '2027-05-31', '2017-09-05']

const USUAL_TEXTS: Readonly<Record<string, readonly [string, ...string[]]>> = {
  schoolYear: ['2026-2027', '2026-2027', '2025-2026', '2027-2028'],
  bankBin: ['970422', '970436', '970405'],
  q: ['An', 'Tạ', '3A', '0190', '250000'],
  text: ['An', 'head', 'school.example'],
  content: ['ZF23456789AB nop tien', 'hoc phi thang 9'],
  payload: ['00020101021138540010A00000072701240006970422011008010000010208QRIBFTTA53037045802VN63041234'],
}

function validText(schema: Schema, name: string, findRow: FindRow, random: Random): string {
  const { pattern, format, minLength = 0, maxLength = 100 } = schema
  const row = findRow(name)
  if (row !== undefined && (pattern === undefined || new RegExp(pattern, 'u').test(row))) return row
  if (format === 'uuid') return findRow('studentId') ?? ''
  if (format === 'date') return random.pick(DAYS)
  if (format === 'date-time') return '2099-01-01T00:00:00Z'
  const usual = USUAL_TEXTS[name]
  if (usual !== undefined) return random.pick(usual)
  const unique = `${name} ${random.below(100_000)}`.slice(0, maxLength).padEnd(minLength, 'x')
  if (pattern === undefined || new RegExp(pattern, 'u').test(unique)) return unique
  const [made = ''] = fc.sample(fc.stringMatching(new RegExp(pattern, 'u')), { seed: random.below(2 ** 31), numRuns: 1 })
  return made
}
