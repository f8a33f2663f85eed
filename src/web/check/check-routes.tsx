// The check page over HTTP. Open to everybody, counted by address, and it keeps nothing of what it was asked.
import multipart from '@fastify/multipart'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { Deps } from '../../deps.js'
import { assertNotTooOften } from '../../http/security.js'
import { sendPage } from '../page.js'
import { CheckPage } from './check-page.js'
import type { Fault, Outcome, PhotoFault } from './check-page.js'
import { lookUp } from './look-up.js'
import { openPhotoReader } from './photo-reader.js'
import type { PhotoReader } from './photo-reader.js'
import { readQuestion, readTypedAmount } from './question.js'
import type { Unreadable } from './question.js'

const tags = ['public']
const page = { page: true } as const
const Html = Type.String({ description: 'text/html' })

const FIELD_BYTES_MAX = 4 * 1024

interface CheckForm {
  asked: string
  amount: string
  photo: Buffer | 'too_large' | null
}

export function checkRoutes(deps: Deps): FastifyPluginAsyncTypebox {
  const { config } = deps
  const photos = openPhotoReader(config)

  return async (app) => {
    await app.register(multipart, {
      limits: { files: 1, fields: 4, parts: 6, fieldSize: FIELD_BYTES_MAX, fileSize: config.checkPhotoBytes },
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
    }, async (request, reply) => sendPage(reply, <CheckPage request={request} />))

    app.post('/check', {
      config: page,
      schema: {
        operationId: 'check', tags, consumes: ['multipart/form-data', 'application/x-www-form-urlencoded'],
        produces: ['text/html'], response: { 200: Html },
        summary: 'Check `asked` (a QR\'s text, a payment code or an account number), with `amount` if there is one, ' +
          'or `photo`, a JPEG or PNG of a QR',
      },
    }, async (request, reply) => {
      await assertNotTooOften(count, request, 'too many checks from this address; wait a minute')
      const form = await readForm(request)
      const typed = { asked: form.asked, amount: form.amount }
      const found = await findOutcome(deps, photos, form)
      if ('field' in found) return refuse(request, reply, found, typed)
      return sendPage(reply, <CheckPage request={request} outcome={found} />)
    })
  }
}

function refuse(
  request: FastifyRequest, reply: FastifyReply, fault: Fault, typed: { asked: string, amount: string },
): FastifyReply {
  const isBusy = fault.field === 'photo' && fault.why === 'busy'
  if (isBusy) void reply.header('retry-after', 5)
  return sendPage(reply, <CheckPage request={request} fault={fault} typed={typed} />, isBusy ? 503 : 422)
}

/** A form with a picture, or a plain one. */
async function readForm(request: FastifyRequest): Promise<CheckForm> {
  const form: CheckForm = { asked: '', amount: '', photo: null }
  if (!request.isMultipart()) {
    const { body } = request
    if (typeof body !== 'object' || body === null) return form
    if ('asked' in body && typeof body.asked === 'string') form.asked = body.asked
    if ('amount' in body && typeof body.amount === 'string') form.amount = body.amount
    return form
  }
  for await (const part of request.parts()) {
    if (part.type === 'file') {
      const bytes = await part.toBuffer()
      if (part.fieldname !== 'photo' || bytes.length === 0) continue
      form.photo = part.file.truncated ? 'too_large' : bytes
    } else if (typeof part.value === 'string' && (part.fieldname === 'asked' || part.fieldname === 'amount')) {
      form[part.fieldname] = part.value
    }
  }
  return form
}

async function findOutcome(deps: Deps, photos: PhotoReader, form: CheckForm): Promise<Outcome | Fault> {
  const amountVnd = readTypedAmount(form.amount)
  if (amountVnd === undefined) return { field: 'amount' }
  const read = form.photo === null ? { text: form.asked } : await readPhoto(photos, form.photo)
  if ('field' in read) return read
  const isFromPhoto = form.photo !== null
  const question = readQuestion({ text: read.text, isFromPhoto, amountVnd, publicUrl: deps.config.publicUrl })
  if (typeof question === 'string') return toFaultOrWarning(question, isFromPhoto)
  return { answer: await lookUp(deps, question) }
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
