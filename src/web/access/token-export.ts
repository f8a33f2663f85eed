// The API tokens as a file: what their page shows, whole, in the same words. A token itself is nowhere to be shown.
import type { NamedToken } from '../../access/tokens.js'
import { rowsOfPages } from '../../export/table.js'
import type { Table, TableRow } from '../../export/table.js'
import type { Lang } from '../text.js'
import { scopeNames, tokenText } from './token-text.js'
import { placeText } from './token-views.js'

type ReadTokens = (cursor: string | undefined) => Promise<{ items: NamedToken[]; nextCursor: string | null }>

export function tokenTable(readPage: ReadTokens, lang: Lang): Table {
  const t = tokenText[lang]
  const texts = [t.name, t.place, t.scopes].map((title) => ({ title, kind: 'text' as const }))
  const times = [t.created, t.lastUsed, t.expires, t.revoked].map((title) => ({ title, kind: 'instant' as const }))
  return {
    fileName: t.tokens, sheetName: t.tokens, columns: [...texts, ...times, { title: t.state, kind: 'text' }],
    rows: tokenRows(readPage, lang),
  }
}

async function* tokenRows(readPage: ReadTokens, lang: Lang): AsyncGenerator<TableRow> {
  for await (const token of rowsOfPages(readPage)) {
    const { name, scopes, createdAt, lastUsedAt, expiresAt, revokedAt, state } = token
    yield [name, placeText(token, lang), scopeNames(scopes, lang).join('; '), createdAt, lastUsedAt, expiresAt, revokedAt,
      tokenText[lang][state]]
  }
}
