// The check page over HTTP. Open to everybody, counted by address, and it keeps nothing of what it was asked.
import multipart from '@fastify/multipart'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { Deps } from '../../deps.js'
import { assertNotTooOften } from '../../http/security.js'
import { sendPage } from '../page.js'
import { CheckPage } from './check-page.js'
import type { Fault, Outcome, PhotoFault, Typed } from './check-page.js'
import { lookUp } from './look-up.js'
import { openPhotoReader } from './photo-reader.js'
import type { PhotoReader } from './photo-reader.js'
import { putTogether, readQuestion, readTyped, readTypedAccount, readTypedAmount } from './question.js'
import type { Unreadable } from './question.js'

const tags = ['public']
const page = { page: true } as const
const Html = Type.String({ description: 'text/html' })

const FIELD_BYTES_MAX = 4 * 1024

const TEXT_FIELDS = ['asked', 'account', 'bank', 'amount'] as const

interface CheckForm {
  typed: Typed
  photo: Buffer | 'too_large' | null
}

export function checkRoutes(deps: Deps): FastifyPluginAsyncTypebox {
  const { config } = deps
  const { publicUrl } = config
  const photos = openPhotoReader(config)

  return async (app) => {
    await app.register(multipart, {
      limits: { files: 1, fields: 6, parts: 8, fieldSize: FIELD_BYTES_MAX, fileSize: config.checkPhotoBytes },
      throwFileSizeLimit: false,
    })
    app.addHook('onClose', () => photos.close())
    const count = app.createRateLimit({ max: config.checksPerMinute, timeWindow: 60_000 })

    app.get('/check', {
      config: page,
      schema: {
        operationId: 'showCheck', tags, produces: ['text/html'], response: { 200: Html },
        summary: 'The page that says whether a QR, a payment code or an account is a school\'s',
      },
    }, async (request, reply) => sendPage(reply, <CheckPage request={request} publicUrl={publicUrl} />))

    app.post('/check', {
      config: page,
      schema: {
        operationId: 'check', tags, consumes: ['multipart/form-data', 'application/x-www-form-urlencoded'],
        produces: ['text/html'], response: { 200: Html },
        summary: 'Check `asked` (a QR\'s text, a payment code, a bill\'s link or an account number) or `photo`, a JPEG or ' +
          'PNG of a QR, with `account`, `bank` (its BIN) and `amount` as they stand on the paper; all of it must agree, ' +
          'and without an account nothing is called the school\'s own',
      },
    }, async (request, reply) => {
      await assertNotTooOften(count, request, 'too many checks from this address; wait a minute')
      const form = await readForm(request)
      const found = await findOutcome(deps, photos, form)
      if ('field' in found) {
        const isBusy = found.field === 'photo' && found.why === 'busy'
        if (isBusy) void reply.header('retry-after', 5)
        return sendPage(reply, <CheckPage request={request} fault={found} typed={form.typed} publicUrl={publicUrl} />,
          isBusy ? 503 : 422)
      }
      return sendPage(reply, <CheckPage request={request} outcome={found} publicUrl={publicUrl} />)
    })
  }
}

/** A form with a picture, or a plain one. */
async function readForm(request: FastifyRequest): Promise<CheckForm> {
  const form: CheckForm = { typed: { asked: '', account: '', bank: '', amount: '' }, photo: null }
  if (!request.isMultipart()) {
    const given: Partial<Record<string, unknown>> = { ...(typeof request.body === 'object' ? request.body : {}) }
    for (const name of TEXT_FIELDS) {
      const value = given[name]
      if (typeof value === 'string') form.typed[name] = value
    }
    return form
  }
  for await (const part of request.parts()) {
    if (part.type === 'file') {
      const bytes = await part.toBuffer()
      if (part.fieldname !== 'photo' || bytes.length === 0) continue
      form.photo = part.file.truncated ? 'too_large' : bytes
    } else {
      const name = TEXT_FIELDS.find((one) => one === part.fieldname)
      if (name !== undefined && typeof part.value === 'string') form.typed[name] = part.value
    }
  }
  return form
}

/** All that was given is judged together: a picture does not make what was typed beside it unsaid. */
async function findOutcome(
  deps: Deps, photos: PhotoReader, { typed, photo }: CheckForm,
): Promise<Outcome | Fault> {
  const amountVnd = readTypedAmount(typed.amount)
  if (amountVnd === undefined) return { field: 'amount' }
  const accountNumber = typed.account.trim() === '' ? null : readTypedAccount(typed.account)
  if (accountNumber === undefined) return { field: 'account' }
  const parts = [readTyped({ accountNumber, bankBin: typed.bank.trim() || null, amountVnd })]
  const take = (text: string, isFromPhoto: boolean): Outcome | Fault | undefined => {
    const claims = readQuestion({ text, isFromPhoto, publicUrl: deps.config.publicUrl })
    if (typeof claims === 'string') return toFaultOrWarning(claims, isFromPhoto)
    parts.push(claims)
    return undefined
  }
  if (photo !== null) {
    const seen = await readPhoto(photos, photo)
    const unread = 'field' in seen ? seen : take(seen.text, true)
    if (unread !== undefined) return unread
  }
  if (typed.asked.trim() !== '' || (photo === null && accountNumber === null)) {
    const unread = take(typed.asked, false)
    if (unread !== undefined) return unread
  }
  const claims = putTogether(parts)
  if (claims === 'several_codes') return { field: 'asked', why: claims }
  return { claims, verdict: await lookUp(deps, claims) }
}

async function readPhoto(photos: PhotoReader, photo: Buffer | 'too_large'): Promise<{ text: string } | Fault> {
  const fault = (why: PhotoFault): Fault => ({ field: 'photo', why })
  if (photo === 'too_large') return fault('too_large')
  const reading = await photos.read(photo)
  if (reading.kind === 'too_many_pixels') return fault('too_large')
  if (reading.kind !== 'read') return fault(reading.kind)
  const [text, ...others] = new Set(reading.texts)
  if (text === undefined) return fault('no_qr')
  return others.length > 0 ? { field: 'asked', why: 'several_codes' } : { text }
}

function toFaultOrWarning(why: Unreadable, isFromPhoto: boolean): Outcome | Fault {
  switch (why) {
    case 'web_address':
    case 'not_a_transfer':
    case 'broken_qr':
      return { warning: why }
    case 'empty':
    case 'damaged_code':
    case 'not_understood':
    case 'several_codes':
      // A QR with nothing in it is no transfer either.
      return isFromPhoto && why !== 'several_codes' ? { warning: 'not_a_transfer' } : { field: 'asked', why }
  }
}
