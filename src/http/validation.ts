// Checks requests against their TypeBox schemas. A body is taken as it is: "5" is no number. Only path and
// query, which are text by nature, are read into numbers and booleans, and only when they are written plainly.
import type { FastifySchemaCompiler } from 'fastify'
import type { TSchema } from 'typebox'
import { Compile } from 'typebox/compile'
import type { TLocalizedValidationError } from 'typebox/error'
import Format from 'typebox/format'
import { DomainError } from '../errors.js'
import type { FieldError } from '../errors.js'
import { isDay } from '../time.js'
import { isStorable, textInvalid } from './text.js'

// What the schemas call a day or an instant is one that the calendar, JavaScript and PostgreSQL all have: no year 0, no
// leap second.
Format.Set('date', isDay)
Format.Set('date-time', (text) => Format.IsDateTime(text) && isDay(text.slice(0, 10)) && !Number.isNaN(Date.parse(text)))

/** Carries what TypeBox found to the error handler. */
class SchemaError extends Error {
  constructor(readonly fields: readonly FieldError[]) {
    super('the request does not match its schema')
  }
}

export function fieldErrorsOf(error: Error): readonly FieldError[] | undefined {
  return error instanceof SchemaError ? error.fields : undefined
}

export const validatorCompiler: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
  const validator = Compile(schema)
  const properties = textProperties(schema)
  return (given: unknown) => {
    const unstorable = httpPart === 'querystring' ? findUnstorable(given) : undefined
    if (unstorable !== undefined) return { error: textInvalid(unstorable) }
    const value = validator.Default(httpPart === 'body' ? given : readTexts(properties, given))
    if (validator.Check(value)) return { value }
    return { error: new SchemaError(toFieldErrors(validator.Errors(value))) }
  }
}

type Kind = 'number' | 'boolean' | 'list' | 'text'

function textProperties(schema: unknown): ReadonlyMap<string, Kind> {
  if (!isRecord(schema) || !isRecord(schema['properties'])) return new Map()
  return new Map(Object.entries(schema['properties']).map(([name, property]) => [name, kindOf(property)]))
}

function kindOf(property: unknown): Kind {
  const type = isRecord(property) ? property['type'] : undefined
  if (type === 'integer' || type === 'number') return 'number'
  if (type === 'boolean') return 'boolean'
  return type === 'array' ? 'list' : 'text'
}

// Fifteen digits at most: every such number is exact as a double.
const PLAIN_INTEGER = /^-?\d{1,15}$/
const PLAIN_DECIMAL = /^-?\d{1,9}\.\d{1,6}$/

function readTexts(properties: ReadonlyMap<string, Kind>, given: unknown): unknown {
  if (!isRecord(given)) return given
  return Object.fromEntries(Object.entries(given).map(([name, text]) => [name, readText(properties.get(name), text)]))
}

function readText(kind: Kind | undefined, text: unknown): unknown {
  if (typeof text !== 'string') return text
  if (kind === 'number' && (PLAIN_INTEGER.test(text) || PLAIN_DECIMAL.test(text))) return Number(text)
  if (kind === 'boolean' && (text === 'true' || text === 'false')) return text === 'true'
  return kind === 'list' ? [text] : text
}

/** The field of a query that the database could not compare with anything; refused in the words of a body. */
function findUnstorable(given: unknown): string | undefined {
  const [found] = Object.entries(isRecord(given) ? given : {})
    .find(([, value]) => [value].flat().some((text) => typeof text === 'string' && !isStorable(text))) ?? []
  return found
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function toFieldErrors(found: readonly TLocalizedValidationError[]): FieldError[] {
  const errors = found.flatMap((error) => toFieldError(error))
  // One schema can find the same fault by several keywords; the first one names it.
  return errors.filter((error, at) => errors.findIndex(({ field }) => field === error.field) === at)
}

function toFieldError(error: TLocalizedValidationError): FieldError[] {
  const at = error.instancePath.slice(1).split('/').map(unescapePointer).join('.')
  const inside = (name: string) => (at === '' ? name : `${at}.${name}`)
  switch (error.keyword) {
    case 'required':
      return error.params.requiredProperties.map((name) => ({ field: inside(name), reason: 'is missing' }))
    case 'additionalProperties':
      return error.params.additionalProperties.map((name) => ({ field: inside(name), reason: 'is not known here' }))
    case 'boolean':
      return [] // the `false` behind additionalProperties, which has its own error
    case 'enum':
      return [{ field: at, reason: `must be one of ${error.params.allowedValues.join(', ')}` }]
    default:
      return [{ field: at, reason: error.message }]
  }
}

/** RFC 6901 §4. */
function unescapePointer(token: string): string {
  return token.replaceAll('~1', '/').replaceAll('~0', '~')
}

/** A refusal in the same form as a schema's, for what a schema cannot say. */
export function validationFailed(field: string, reason: string): DomainError {
  return new DomainError('VALIDATION_FAILED', `${field} ${reason}`, [{ field, reason }])
}
