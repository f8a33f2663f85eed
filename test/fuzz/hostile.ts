// What the outside sends where something else is expected: days and years beyond a calendar, numbers beyond a column,
// texts that a database cannot keep, ids that are none, cursors of other lists, and whole bodies that are broken.
import type { Random } from '../../src/demo/random.js'

/** Half of a surrogate pair has no UTF-8 form: a path or a query can only carry the bytes that it would have. */
const LONE_SURROGATE = '\ud83d'

export const HOSTILE_TEXTS: readonly [string, ...string[]] = [
  '', ' ', '\0', 'a\0b', LONE_SURROGATE, '\u202e', '\ufeff', 'e\u0323\u0302', '🧒', 'x'.repeat(300), 'x'.repeat(5_000),
  // Days, years and instants
  '0000-00-00', '0000-01-01', '0001-01-01', '-0001-01-01', '1582-10-10', '2026-02-30', '2026-13-01', '9999-12-31',
  '10000-01-01', '+275760-09-13', '-271821-04-20', '2026-09-12T00:00:00Z', '2026-09-12T25:61:61Z', '9999-12-31T23:59:60Z',
  '0000-0001', '0001-0002', '9998-9999', '9999-10000', '2026-2026', '2027-2026', '31/12/9999', '00/00/0000', '1/1/1', 'infinity', 'now',
  // Numbers
  '0', '-0', '-1', '1.5', '1e9', '1e999', 'NaN', 'Infinity', '0x10', '007', '２０２６', '٣', '2147483648', '-2147483649',
  '9007199254740993', '9223372036854775808', '-9223372036854775809', '99999999999999999999999999', '500000000', '1.000.000.000.000',
  // Ids
  '00000000-0000-0000-0000-000000000000', 'ffffffff-ffff-ffff-ffff-ffffffffffff', 'FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF',
  '{00000000-0000-0000-0000-000000000000}', '00000000000000000000000000000000', 'urn:uuid:00000000-0000-0000-0000-000000000000',
  // Words with a meaning elsewhere
  'null', 'undefined', 'true', '[]', '{}', '{1,2}', '__proto__', 'constructor', 'toString', "' OR 1=1 --", '%', '_', '\\', '%00',
  '../../etc/passwd', '<script>alert(1)</script>', '\r\nx-injected: 1', 'ZF23456789AB', '*', '(', '[a-', "a'b\"c", '&', ':', '<->', '\u2028',
]

const HOSTILE_VALUES: readonly [unknown, ...unknown[]] = [
  null, true, false, 0, -1, 1, 1.5, 1e-7, 12, 13, 1_000, 9_999, 2 ** 31, -(2 ** 31) - 1, 499_999_999,
  500_000_000, 2 ** 53 - 1, -(2 ** 53) + 1, 2 ** 53, 1e21, 1e308, [], {}, [null], [[]], [{}], { id: 1 }, { $ne: null }, Array.from({ length: 2_000 }, () => 'x'),
]

export function hostileText(random: Random): string {
  return random.pick(HOSTILE_TEXTS)
}

export function hostileValue(random: Random): unknown {
  return random.chance(0.6) ? hostileText(random) : random.pick(HOSTILE_VALUES)
}

/** A copy in which one field, however deep, is hostile, missing, repeated or one too many. */
export function withOneFault(value: unknown, random: Random): unknown {
  const places = placesOf(value)
  const [first, ...others] = places
  if (first === undefined) return hostileValue(random)
  return changeAt(value, random.pick([first, ...others]), random)
}

type Place = readonly string[]

function placesOf(value: unknown, at: Place = []): Place[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) => [[...at, key], ...placesOf(inner, [...at, key])])
}

function changeAt(value: unknown, [key, ...deeper]: Place, random: Random): unknown {
  if (typeof value !== 'object' || value === null || key === undefined) return hostileValue(random)
  const entries: Entries = Object.entries(value)
  const changed = deeper.length > 0
    ? entries.map(([name, inner]) => [name, name === key ? changeAt(inner, deeper, random) : inner] as const)
    : faultAt(entries, key, random)
  return Array.isArray(value) ? changed.map(([, inner]) => inner) : Object.fromEntries(changed)
}

type Entries = readonly (readonly [string, unknown])[]

function faultAt(entries: Entries, key: string, random: Random): Entries {
  switch (random.below(8)) {
    case 0: return entries.filter(([name]) => name !== key)
    case 1: return [...entries, ['unheardOf', hostileValue(random)]]
    case 2: return [...entries, ...entries.filter(([name]) => name === key)]
    default: return entries.map(([name, inner]) => [name, name === key ? hostileValue(random) : inner])
  }
}

/** Any text as a part of an address; half of a surrogate pair becomes the bytes that no UTF-8 has. */
export function percentEncoded(text: string): string {
  return text.split(/(\p{Surrogate})/u).map((part) =>
    (/^\p{Surrogate}$/u.test(part) ? '%ED%A0%BD' : encodeURIComponent(part))).join('')
}

const DECODED_CURSORS: readonly [unknown, ...unknown[]] = [
  null, 1, 'x', {}, [], [null], [1], [[]], [{}], [''], ['x'], ['\0'], [LONE_SURROGATE], ['-1'], ['9'.repeat(30)], ['0000-01-01', 'x'],
  ['2026-09-12'], ['x', 'x'], ['x', '00000000-0000-0000-0000-000000000000'], ['00000000-0000-0000-0000-000000000000'],
  ['00000000-0000-0000-0000-000000000000', '00000000-0000-0000-0000-000000000000'], ['10000-01-01', '00000000-0000-0000-0000-000000000000'],
  ['0000-01-01', '00000000-0000-0000-0000-000000000000'], ['9999-12-31', 'ffffffff-ffff-ffff-ffff-ffffffffffff'],
  ['3', '3A', 'x', '00000000-0000-0000-0000-000000000000'], ['99', '3A', 'x', '00000000-0000-0000-0000-000000000000'],
  ['99999999999', '3', '3A', 'x', '00000000-0000-0000-0000-000000000000'], ['3', '3', '3A', '\0', '00000000-0000-0000-0000-000000000000'],
  ['3', '2', '3A', 'x', '00000000-0000-0000-0000-000000000000'], Array.from({ length: 50 }, () => 'x'),
]

/** A cursor of another list, one of this list with one part changed, or other JSON where a cursor is expected. */
export function hostileCursor(given: readonly string[], random: Random): string {
  const [first, ...others] = given
  if (first === undefined || random.chance(0.5)) return encoded(random.pick(DECODED_CURSORS))
  const known = random.pick([first, ...others])
  return random.chance(0.4) ? known : encoded(withOneFault(JSON.parse(Buffer.from(known, 'base64url').toString('utf8')), random))
}

function encoded(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

/** The bytes of a body, cut, doubled, with a byte or a number changed. */
export function brokenBytes(bytes: Buffer, random: Random): Buffer {
  const at = random.below(Math.max(1, bytes.length))
  switch (random.below(6)) {
    case 0: return bytes.subarray(0, at)
    case 1: return Buffer.concat([bytes, bytes])
    case 2: return Buffer.concat([Buffer.from('\ufeff'), bytes])
    case 3: return Buffer.concat([bytes.subarray(0, at), Buffer.from([random.below(256)]), bytes.subarray(at + 1)])
    case 4: return Buffer.from(bytes.toString('utf8').replace(/\d+/, '1e400'))
    default: return Buffer.alloc(0)
  }
}
