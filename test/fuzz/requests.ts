// One call of the fuzz: a route, somebody who may call it (mostly), rows that exist (mostly), a body that its schema
// takes (mostly), and then at most a few things wrong with it, so that most calls pass the validation and go on inside.
import { signCassoV2 } from '../../src/banking/adapters/casso-v2.js'
import { signPayos } from '../../src/banking/adapters/payos.js'
import { signSepay } from '../../src/banking/adapters/sepay.js'
import type { JsonObject } from '../../src/banking/strict-json.js'
import type { Random } from '../../src/demo/random.js'
import type { Method, Route } from '../web/walk-world.js'
import { ANSWERS, filledIn } from './forms.js'
import type { SeenForm } from './forms.js'
import { brokenBytes, hostileCursor, hostileText, percentEncoded, withOneFault } from './hostile.js'
import { validObject, validValue } from './valid.js'
import type { FindRow } from './valid.js'
import type { Caller, FuzzChannel, FuzzWorld } from './world.js'

export interface FuzzCall {
  method: Method
  url: string
  headers: Record<string, string>
  payload?: Buffer
  /** Who calls, for the report. */
  as: string
}

/** What earlier answers gave to go on with. */
export interface Seen {
  cursors: string[]
  forms: SeenForm[]
}

/** `faulty` names a parameter of the path that is to be no id; without it, one is now and then. */
export function makeCall(world: FuzzWorld, route: Route, seen: Seen, random: Random, faulty?: string): FuzzCall {
  if (faulty === undefined && route.url.startsWith('/webhooks/') && random.chance(0.9)) return bankCall(world, random)
  const caller = pickCaller(world, route, random)
  const findRow = rowFinder(world, caller, random)
  const { method, url: pattern } = route
  const call = { method, as: caller.name, headers: { ...caller.headers, ...oddHeaders(random) } }
  const form = faulty !== undefined || method === 'GET' || pattern.startsWith('/api/') ? undefined : formFor(route, seen, random)
  const url = form?.path ?? pathOf(route, world, findRow, random, faulty) + queryOf(route, seen, findRow, random)
  return { ...call, url, ...bodyOf(route, call.headers, form, findRow, random) }
}

function pickCaller({ callers }: FuzzWorld, { scope }: Route, random: Random): Caller {
  const [first, ...others] = callers.filter(({ scopes }) => scope === undefined || scope === 'any' || scopes.includes(scope))
  return first === undefined || random.chance(0.08) ? random.pick(callers) : random.pick([first, ...others])
}

/** Rows of the own school by the last words of a name; now and then one of the other school, or one of another kind. */
function rowFinder({ own, other, rows }: FuzzWorld, { previewId }: Caller, random: Random): FindRow {
  return (name) => {
    if (name === 'moetStudentId') return undefined
    if (name === 'schoolId') return random.chance(0.95) ? own.school.schoolId : other.school.schoolId
    if (/^(authorityId|parentId|managingAuthorityId|reportingAuthorityId)$/.test(name)) return own.authorityId
    if (name === 'predecessorId') return other.school.schoolId
    if (name === 'previewId' && previewId !== undefined) return previewId
    if (/^(replaces|id)$/.test(name)) return rows.get('bankAccountId')?.[0]
    const lower = name.toLowerCase()
    const kind = [...rows.keys()].find((row) => lower.endsWith(row.toLowerCase())) ??
      [...rows.keys()].find((row) => lower === row.replace(/Id$/, '').toLowerCase())
    if (kind === undefined) return undefined
    if (random.chance(0.04)) return other.ids.get(kind)
    const [first, ...others] = rows.get(random.chance(0.02) ? 'studentId' : kind) ?? []
    return first === undefined ? undefined : random.pick([first, ...others])
  }
}

function pathOf(
  { url, params }: Route, { billPaths }: FuzzWorld, findRow: FindRow, random: Random, faulty: string | undefined,
): string {
  return url.replace(/:(\w+)|\*/g, (whole, name: string | undefined) => {
    if (name === undefined) return random.chance(0.5) ? 'index.html' : percentEncoded(hostileText(random))
    if (name === faulty || (faulty === undefined && random.chance(0.04))) return percentEncoded(hostileText(random))
    // A stream of events has no end: only wrong links ask for one.
    if (name === 'token' && !url.endsWith('/events')) return random.pick(['/p/x', ...billPaths]).slice('/p/'.length)
    const known = findRow(name)
    if (known !== undefined) return percentEncoded(known)
    const made = validValue(params?.properties?.[name] ?? {}, name, findRow, random)
    return percentEncoded(typeof made === 'string' ? made : whole)
  })
}

function queryOf({ querySchema }: Route, seen: Seen, findRow: FindRow, random: Random): string {
  if (querySchema === undefined) return random.chance(0.05) ? `?x=${percentEncoded(hostileText(random))}` : ''
  const { cursor, ...given } = validObject(querySchema, findRow, random)
  const fields = Object.entries(given).map(([name, value]) => [name, String(value)] as const)
  const texts = random.chance(0.5) ? fields : fields.map(([name, value]) =>
    [name, random.below(fields.length) === 0 ? hostileText(random) : value] as const)
  const more: (readonly [string, string])[] = []
  if (cursor !== undefined) more.push(['cursor', hostileCursor(seen.cursors, random)])
  const [repeated] = fields
  if (repeated !== undefined && random.chance(0.05)) more.push(repeated)
  const query = [...texts, ...more].map(([name, value]) => `${name}=${percentEncoded(value)}`).join('&')
  return query === '' ? '' : `?${query}`
}

function oddHeaders(random: Random): Record<string, string> {
  if (!random.chance(0.1)) return {}
  const odd = random.pick<Record<string, string>>([
    { 'idempotency-key': `key ${random.below(50)}` }, { 'idempotency-key': `k${random.below(50)}` },
    { 'accept-language': 'en;q=x,*' }, { cookie: 'lang=%E0%A4%A; session=x; proof=%%' }, { 'if-none-match': '*' },
    { accept: 'text/html' }, { 'x-forwarded-for': 'x, 999.1.1.1' }, { authorization: 'Bearer ' }, { 'x-csrf-token': 'ế' },
  ])
  return odd
}

function formFor({ url }: Route, { forms }: Seen, random: Random): SeenForm | undefined {
  const pattern = new RegExp(`^${url.replace(/[.*]/g, '\\$&').replace(/:\w+/g, '[^/?]+')}(\\?.*)?$`)
  const [first, ...others] = forms.filter(({ path }) => pattern.test(path))
  return first === undefined || random.chance(0.2) ? undefined : random.pick([first, ...others])
}

type Body = Pick<FuzzCall, 'headers' | 'payload'>

function bodyOf(
  { method, url, body }: Route, headers: Record<string, string>, form: SeenForm | undefined, findRow: FindRow,
  random: Random,
): Partial<Body> {
  if (method === 'GET') return {}
  if (/\/import$|\/check$/.test(url)) return uploadOf(headers, random)
  if (!url.startsWith('/api/')) return formBody(headers, form, findRow, random)
  if (body === undefined && random.chance(0.8)) return {}
  const valid = body === undefined ? {} : validValue(body, '', findRow, random)
  const faults = random.chance(0.35) ? 0 : random.chance(0.85) ? 1 : 2
  const value = Array.from({ length: faults }).reduce((before) => withOneFault(before, random), valid)
  const bytes = Buffer.from(JSON.stringify(value))
  return {
    headers: { ...headers, 'content-type': random.chance(0.98) ? 'application/json' : random.pick(TYPES) },
    payload: random.chance(0.02) ? brokenBytes(bytes, random) : bytes,
  }
}

const TYPES: readonly [string, ...string[]] = ['text/csv', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x',
  'multipart/form-data', 'application/json; charset=latin1', '']

function formBody(
  headers: Record<string, string>, form: SeenForm | undefined, findRow: FindRow, random: Random,
): Body {
  const rows = ['studentId', 'feeKindId', 'roundId', 'classId', 'invoiceId', 'bankAccountId', 'toClassId', 'reviewItemId']
  const fields: Record<string, unknown> = form === undefined
    ? { ...Object.fromEntries(Object.entries(ANSWERS).map(([name, texts]) => [name, random.pick(texts)])),
      ...Object.fromEntries(rows.map((name) => [name, findRow(name) ?? ''])) }
    : filledIn(form, random)
  const sent = Object.entries(fieldsWithFault(fields, random))
  const text = sent.flatMap(([name, given]) => [given].flat()
    .map((one) => `${percentEncoded(name)}=${percentEncoded(typeof one === 'string' ? one : JSON.stringify(one) ?? '')}`)).join('&')
  return { headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' }, payload: Buffer.from(text) }
}

/** A form stays a form: one without a field gets one that is not ours. */
function fieldsWithFault(fields: Record<string, unknown>, random: Random): Record<string, unknown> {
  if (random.chance(0.4)) return fields
  const changed = withOneFault(fields, random)
  return typeof changed === 'object' && changed !== null ? { ...changed } : { unheardOf: changed }
}

const LIST = 'Mã định danh,Họ và tên,Ngày sinh,Lớp\n0190000031,Tạ An Tư,05/09/2017,3A\n0190000032,Lê Thị Năm,1/2/2017,3B\n'

function uploadOf(headers: Record<string, string>, random: Random): Body {
  const cells = LIST.split(/([,\n])/)
  const at = 8 + 2 * random.below(8)
  const csv = cells.map((cell, no) => (no === at && random.chance(0.6) ? `"${hostileText(random).replaceAll('"', '""')}"` : cell)).join('')
  const file = random.chance(0.1) ? brokenBytes(Buffer.from(csv), random) : Buffer.from(csv)
  if (random.chance(0.4)) return { headers: { ...headers, 'content-type': 'text/csv' }, payload: file }
  const fields = { schoolYear: '2026-2027', enrolFrom: '2026-09-01', asked: 'ZF23456789AB', amount: '' }
  const parts = Object.entries(fieldsWithFault(fields, random)).map(([name, value]) =>
    `--x\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${typeof value === 'string' ? value : JSON.stringify(value)}\r\n`)
  const name = random.chance(0.9) ? 'ds.csv' : hostileText(random).replace(/["\r\n]/g, '')
  const head = `--x\r\ncontent-disposition: form-data; name="${random.chance(0.5) ? 'file' : 'photo'}"; filename="${name}"\r\ncontent-type: text/csv\r\n\r\n`
  const payload = Buffer.concat([Buffer.from(parts.join('') + head), file, Buffer.from('\r\n--x--\r\n')])
  return { headers: { ...headers, 'content-type': 'multipart/form-data; boundary=x' }, payload: random.chance(0.9) ? payload : brokenBytes(payload, random) }
}

let lastTransfer = 0

/** A bank's call about a transfer, with a field of it changed before it is signed: the proof holds, mostly. */
function bankCall(world: FuzzWorld, random: Random): FuzzCall {
  const channel = random.pick(world.channels)
  const { paymentCode = '' } = world.own.school.bills[random.below(world.own.school.bills.length)] ?? {}
  const content = random.chance(0.6) ? `${paymentCode} nop` : hostileText(random)
  const { accountNumber, bank, bearer } = channel
  lastTransfer += 1
  const at = world.deps.now()
  const call = bank.call({ id: lastTransfer, accountNumber, content, amountVnd: 1_000 * (1 + random.below(400)), day: '2026-09-12' }, at, bearer)
  const body = JSON.parse(call.payload.toString()) as JsonObject
  const changed = random.chance(0.4) ? body : withOneFault(body, random) as JsonObject
  const headers = Object.fromEntries(Object.entries(call.headers).map(([name, value]) => [name, String(value)]))
  const signed = sign(channel, changed, headers, at)
  return { method: 'POST', url: channel.path, as: bank.provider, ...(random.chance(0.95) ? signed : { ...signed, payload: brokenBytes(signed.payload, random) }) }
}

function sign(
  { bank: { provider, mode, secret } }: FuzzChannel, body: JsonObject, headers: Record<string, string>, at: Date,
) {
  const json = (value: unknown) => Buffer.from(JSON.stringify(value))
  switch (provider) {
    case 'sepay': {
      const timestamp = String(Math.floor(at.getTime() / 1000))
      return mode !== 'hmac' ? { headers, payload: json(body) }
        : { headers: { ...headers, 'x-sepay-timestamp': timestamp, 'x-sepay-signature': signSepay(json(body), secret, timestamp) }, payload: json(body) }
    }
    case 'casso-v2':
      return { headers: { ...headers, 'x-casso-signature': signCassoV2(body, secret, String(at.getTime())) }, payload: json(body) }
    case 'payos': {
      const { data } = body
      const isObject = typeof data === 'object' && data !== null && !Array.isArray(data)
      const signature = isObject ? { signature: signPayos(data as JsonObject, secret) } : {}
      return { headers, payload: json({ ...body, ...signature }) }
    }
    default:
      return { headers, payload: json(body) }
  }
}
