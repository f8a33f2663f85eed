// Writes the OpenAPI 3.1 document from the routes themselves, so that it cannot differ from what is served,
// and shows it at /docs. Its text depends on the routes alone: no date, no host, no build number.
import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'

const description = 'Cashless school fees for Vietnam: a VietQR on every bill, bank callbacks reconciled to the ' +
  'đồng, and the share of fees that is paid without cash. Money is whole đồng. Every error is an RFC 9457 problem ' +
  'with a stable `code`. A POST may carry an `Idempotency-Key`.'

const problemSchema = Type.Object({
  type: Type.String(),
  code: Type.String({ description: 'UPPER_SNAKE and stable: act on this' }),
  title: Type.String(),
  status: Type.Integer(),
  detail: Type.String({ description: 'One sentence for a person' }),
  errors: Type.Array(Type.Object({
    field: Type.String(), reason: Type.String(), code: Type.Optional(Type.String()),
  })),
})

// Swagger UI writes style attributes; nothing else of the service may.
const DOCS_CSP = 'default-src \'none\'; script-src \'self\'; style-src \'self\' \'unsafe-inline\'; ' +
  'img-src \'self\' data:; connect-src \'self\'; base-uri \'none\'; form-action \'self\'; frame-ancestors \'none\''

/** Must be registered before the routes it is to describe. */
export async function describeRoutes(app: FastifyInstance): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'School fees', version: '1', description },
      components: {
        securitySchemes: { token: { type: 'http', scheme: 'bearer', description: 'An API token with scopes' } },
        responses: {
          Problem: {
            description: 'A problem (RFC 9457)', content: { 'application/problem+json': { schema: problemSchema } },
          },
        },
      },
    },
    transform({ schema, url, route }) {
      const scope = route.config?.scope
      if (scope === undefined) return { schema, url }
      const needs = scope === 'any' ? 'Needs any good token.' : `Needs the scope \`${scope}\`.`
      const text = [schema.description, needs].filter((part) => part !== undefined).join('\n\n')
      return { schema: { ...schema, description: text, security: [{ token: [] }] }, url }
    },
    transformObject(document) {
      if (!('openapiObject' in document)) return document.swaggerObject
      const { openapiObject } = document
      for (const [path, operations] of Object.entries(openapiObject.paths ?? {})) {
        if (!path.startsWith('/api/')) continue
        for (const operation of Object.values(operations ?? {})) {
          if (typeof operation !== 'object' || Array.isArray(operation) || !('responses' in operation)) continue
          operation.responses = { ...operation.responses, default: { $ref: '#/components/responses/Problem' } }
        }
      }
      return openapiObject
    },
  })
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    staticCSP: DOCS_CSP,
  })
  app.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger())
}

/** The document as text with sorted keys, for the file in openapi/. */
export function openapiText(app: FastifyInstance): string {
  return `${JSON.stringify(sortKeys(app.swagger()), undefined, 2)}\n`
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1))
  return Object.fromEntries(entries.map(([key, inner]) => [key, sortKeys(inner)]))
}
