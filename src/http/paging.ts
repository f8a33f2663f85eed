// Lists in pages, by key and never by offset: a page is found by the index, and rows that are added meanwhile
// neither repeat nor hide others. A cursor is opaque to the client and holds only sort keys.
import { Type } from 'typebox'
import type { TSchema } from 'typebox'
import { DomainError } from '../errors.js'
import { LIMITS } from '../limits.js'
import { isDay } from '../time.js'
import { isUuid } from './id.js'
import { isStorable } from './text.js'

const CURSOR_MAX_CHARS = 1_000

export const pageQueryProperties = {
  limit: Type.Optional(Type.Integer({
    minimum: 1, maximum: LIMITS.pageSizeMax, default: LIMITS.pageSizeDefault, description: 'Rows a page',
  })),
  cursor: Type.Optional(Type.String({
    maxLength: CURSOR_MAX_CHARS, description: '`nextCursor` of the page before',
  })),
}

/** The query of a list without filters; a list with filters spreads `pageQueryProperties` into its own. */
export const PageQuery = Type.Object(pageQueryProperties, { additionalProperties: false })

/** `{ items, nextCursor }`; `nextCursor` is null on the last page. */
export function Page<Item extends TSchema>(item: Item) {
  return Type.Object({ items: Type.Array(item), nextCursor: Type.Union([Type.String(), Type.Null()]) })
}

export function encodeCursor(parts: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(parts.map(String))).toString('base64url')
}

// What the sort keys of our lists are. A cursor comes from outside like any other field: whatever a column could not
// take is no cursor of ours, also when it is one of another list.
const IS_PART = {
  id: isUuid,
  day: isDay,
  text: isStorable,
  int: (text: string) => /^-?\d{1,9}$/.test(text),
  bigint: (text: string) => /^-?\d{1,15}$/.test(text),
} as const satisfies Record<string, (text: string) => boolean>
export type CursorPart = keyof typeof IS_PART

/** A text for each part that the list's own cursors have. Throws CURSOR_INVALID for one that is not of that shape. */
export function decodeCursor<Parts extends CursorPart[]>(
  cursor: string, ...parts: Parts
): { [At in keyof Parts]: string } {
  const texts = textsOf(cursor)
  if (texts?.length === parts.length && parts.every((part, at) => IS_PART[part](texts[at] ?? ''))) {
    return texts as { [At in keyof Parts]: string }
  }
  throw new DomainError('CURSOR_INVALID', 'cursor is not one that this list gave', [
    { field: 'cursor', reason: 'is not one that this list gave' },
  ])
}

/** The id of a list that is sorted by nothing else. */
export function decodeIdCursor(cursor: string | undefined): string | undefined {
  return cursor === undefined ? undefined : decodeCursor(cursor, 'id')[0]
}

function textsOf(cursor: string): string[] | undefined {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
    return Array.isArray(parts) && parts.every((part) => typeof part === 'string') ? parts : undefined
  } catch {
    return undefined
  }
}

/** Cuts `limit + 1` rows that were read to a page, and says where the next one starts. */
export function toPage<Row>(
  rows: readonly Row[], limit: number, keyOf: (row: Row) => readonly (string | number)[],
): { items: Row[]; nextCursor: string | null } {
  const items = rows.slice(0, limit)
  const last = items.at(-1)
  return { items, nextCursor: last !== undefined && rows.length > limit ? encodeCursor(keyOf(last)) : null }
}
