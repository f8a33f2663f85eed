// The rounds and the fee kinds of a school as files, as their pages list them.
import type { FeeKind } from '../../fees/fee-kinds.js'
import type { Deps } from '../../deps.js'
import { rowsOfPages } from '../../export/table.js'
import type { Table, TableRow } from '../../export/table.js'
import { decodeIdCursor } from '../../http/paging.js'
import { listRoundsWithSums } from '../../invoicing/round-figures.js'
import type { Lang } from '../text.js'
import { accountText, groupText } from './fees-page.js'
import type { NamedAccount } from './fees-page.js'
import { feesText } from './fees-text.js'
import { roundsText } from './rounds-text.js'

export function roundsTable(deps: Pick<Deps, 'db'>, schoolId: string, lang: Lang): Table {
  const t = roundsText[lang]
  return {
    fileName: t.rounds, sheetName: t.rounds, rows: roundRows(deps, schoolId, lang),
    columns: [
      { title: t.round, kind: 'text' }, { title: t.schoolYear, kind: 'text' }, { title: t.dueOn, kind: 'day' },
      { title: t.bills, kind: 'integer' }, { title: t.billed, kind: 'vnd' }, { title: t.collected, kind: 'vnd' },
      { title: t.open, kind: 'vnd' }, { title: t.state, kind: 'text' },
    ],
  }
}

async function* roundRows(deps: Pick<Deps, 'db'>, schoolId: string, lang: Lang): AsyncGenerator<TableRow> {
  const t = roundsText[lang]
  const readPage = (cursor: string | undefined) =>
    listRoundsWithSums(deps, schoolId, { beforeId: decodeIdCursor(cursor) })
  for await (const round of rowsOfPages(readPage)) {
    const { name, schoolYear, dueOn, invoices, billedVnd, collectedVnd, openVnd, state } = round
    yield [name, schoolYear, dueOn, invoices, billedVnd, collectedVnd, openVnd, state === 'open' ? t.stateOpen : t.stateClosed]
  }
}

export function feeKindsTable(feeKinds: readonly FeeKind[], accounts: readonly NamedAccount[], lang: Lang): Table {
  const t = feesText[lang]
  return {
    fileName: t.fees, sheetName: t.fees,
    columns: [
      { title: t.name, kind: 'text' }, { title: t.code, kind: 'text' }, { title: t.group, kind: 'text' },
      { title: t.legalBasis, kind: 'text' }, { title: t.account, kind: 'text' }, { title: t.priority, kind: 'integer' },
      { title: t.optional, kind: 'text' },
    ],
    rows: feeKinds.map(({ name, code, feeGroup, legalBasis, bankAccountId, priority, optional }) =>
      [name, code, groupText(feeGroup, lang), legalBasis, 
        accountText(accounts.find(({ id }) => id === bankAccountId)), priority, optional ? t.yes : '']),
  }
}
