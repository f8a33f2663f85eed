// The roster import over HTTP: a CSV or a workbook as the body, or as the file of a form; read as it arrives.
import { finished, PassThrough, Readable } from 'node:stream'
import multipart from '@fastify/multipart'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { DomainError } from '../errors.js'
import { LIMITS } from '../limits.js'
import type { DirectoryDeps } from './directory-deps.js'
import { importRoster } from './import-roster.js'
import { collectUpload } from './roster-file.js'
import { SchoolParams } from './schema.js'
import { ImportQuery, ImportReply } from './student-schema.js'

// One byte more than the limit arrives, so that the reader sees a file that is too long.
const FORM_LIMITS = { files: 1, fields: 0, fileSize: LIMITS.importBodyLimitBytes + 1 }

// What a file is, its first bytes decide; the type only opens the door.
const FILE_TYPES = ['text/csv', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'] as const

export function rosterRoutes(deps: DirectoryDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    await app.register(multipart, { limits: FORM_LIMITS })
    app.addContentTypeParser([...FILE_TYPES], async (_request: unknown, body: unknown) => body)
    app.post(
      '/api/v1/schools/:schoolId/students/import',
      {
        schema: {
          operationId: 'importRoster',
          summary:
            'Take over a list of students from CSV or XLSX; bad rows are reported, the good ones go in together',
          tags: ['directory'],
          consumes: [...FILE_TYPES, 'multipart/form-data'],
          params: SchoolParams,
          querystring: ImportQuery,
          response: { 200: ImportReply },
        },
        config: { scope: 'directory:write' },
        // What is repeatable is told apart by its bytes, so they are there before it is looked up.
        preValidation: async (request) => {
          if (request.headers['idempotency-key'] === undefined) return
          request.body = await reading(await findFile(request), collectUpload)
        },
      },
      async (request) => {
        const { actor, params: { schoolId }, query, body } = request
        const take = (file: Readable) => importRoster(deps, actor, schoolId, file, query)
        return Buffer.isBuffer(body) ? take(Readable.from([body])) : reading(await findFile(request), take)
      },
    )
  }
}

async function reading<Result>(upload: Readable, read: (file: PassThrough) => Promise<Result>): Promise<Result> {
  const file = copyOf(upload)
  try {
    return await read(file)
  } finally {
    upload.unpipe(file)
    upload.resume()
  }
}

// Reading a stream to half destroys it, and with the request's own stream goes the connection: then a client
// whose file is refused sees a broken connection instead of the reason.
function copyOf(upload: Readable): PassThrough {
  const copy = upload.pipe(new PassThrough())
  // The upload may break off when nobody reads its copy any more; whoever does read it is told.
  copy.on('error', () => undefined)
  finished(upload, (error) => {
    if (error)
      copy.destroy(new DomainError('ROSTER_INVALID', 'the upload broke off; nothing was changed'))
  })
  return copy
}

async function findFile(request: FastifyRequest): Promise<Readable> {
  const file = request.isMultipart() ? (await request.file())?.file : request.body
  if (file instanceof Readable) return file
  throw new DomainError('ROSTER_INVALID', 'send the list as text/csv or XLSX, or as the file of a form', [
    { field: 'file', reason: 'is missing' },
  ])
}
