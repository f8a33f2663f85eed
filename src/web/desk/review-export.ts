// The review queue as a file: what waits or was ended, with its reason and outcome. No candidate leaves the page.
import type { Database } from '../../db/tenancy.js'
import type { Table } from '../../export/table.js'
import type { QueueItem, QueuePage } from '../../reconciliation/read-review.js'
import type { Lang } from '../text.js'
import { actorText, readActorNames } from './actor-queries.js'
import { reasonText, resolutionText } from './review-reason-text.js'
import { reviewText } from './review-text.js'

type ReadPage = (cursor: string | undefined) => Promise<QueuePage>

/** People by the name they are called by, looked up page by page. */
export function queueTable(db: Database, readPage: ReadPage, lang: Lang): Table {
  const t = reviewText[lang]
  return {
    fileName: t.files, sheetName: t.title,
    columns: [
      { title: t.day, kind: 'day' }, { title: t.amount, kind: 'vnd' }, { title: t.inSuspense, kind: 'vnd' },
      { title: t.memo, kind: 'text' }, { title: t.payer, kind: 'text' }, { title: t.why, kind: 'text' },
      { title: t.how, kind: 'text' }, { title: t.who, kind: 'text' }, { title: t.when, kind: 'instant' },
      { title: t.note, kind: 'text' },
    ],
    rows: rows(db, readPage, lang),
  }
}

async function* rows(db: Database, readPage: ReadPage, lang: Lang) {
  let cursor: string | undefined
  do {
    const { items, nextCursor } = await readPage(cursor)
    const names = await readActorNames(db, items.map(({ resolvedBy }) => resolvedBy))
    for (const item of items) yield rowOf(item, names, lang)
    cursor = nextCursor ?? undefined
  } while (cursor !== undefined)
}

function rowOf(item: QueueItem, names: ReadonlyMap<string, string>, lang: Lang) {
  const { short } = reasonText(item.reason, lang)
  return [item.bankDay, item.amountVnd, item.suspenseVnd, item.memo, item.counterName, short,
    resolutionText(item.resolution, lang), actorText(item.resolvedBy, names, lang), item.resolvedAt, item.note]
}
