// What happened to the money of one transfer, entry by entry in the order of the books: which bill, which child, how
// much, and the other way round where it was taken back.
import type { FastifyRequest } from 'fastify'
import { Fragment } from 'preact'
import type { ShownTransfer } from '../../reconciliation/read-transfers.js'
import { LEDGER_NO } from '../../ledger/account.js'
import { EmptyState } from '../components/notice.js'
import { dayText, timeText, vndText } from '../format.js'
import type { Lang } from '../text.js'
import { actorText } from './actor-queries.js'
import { studentPath } from './review-links.js'
import { entryText, transactionsText, wordOf } from './transactions-text.js'

interface JournalProps extends OfTransfer {
  request: FastifyRequest
}

export function Journal(props: JournalProps) {
  const { request: { lang }, transfer: { entries }, names } = props
  const t = transactionsText[lang]
  if (entries.length === 0) return <EmptyState>{t.noSteps}</EmptyState>
  return (
    <ol class="journal">
      {entries.map((entry) => (
        <li key={entry.id}>
          <p class="journal-head">
            <strong>{wordOf(entryText[lang], entry.kind)}</strong>
            <span class="soft small">
              {timeText(entry.recordedAt)} · {actorText(entry.actor, names, lang)}
              {entry.countedOn !== entry.bankDay && ` · ${t.countedOn(dayText(entry.countedOn))}`}
            </span>
          </p>
          <dl class="journal-lines">
            {linesOf(props, entry, lang).map(({ key, name, vnd, href }) => (
              <Fragment key={key}>
                <dt>{href === undefined ? name : <a href={href}>{name}</a>}</dt>
                <dd class="number">{vnd < 0 ? `−${vndText(-vnd)}` : vndText(vnd)}</dd>
              </Fragment>
            ))}
          </dl>
        </li>
      ))}
    </ol>
  )
}

interface Line {
  key: string
  name: string
  /** Positive where money arrived at the named place. */
  vnd: number
  href?: string
}

export interface OfTransfer {
  schoolId: string
  transfer: ShownTransfer
  names: ReadonlyMap<string, string>
}

/** Bills by their allocations; credit, suspense and the bank's own side by the postings. */
export function linesOf({ schoolId, transfer }: OfTransfer, entry: ShownTransfer['entries'][number], lang: Lang): Line[] {
  const t = transactionsText[lang]
  const bills = new Map<string, Line>()
  for (const { entryId, invoiceId, studentId, amountVnd } of transfer.allocations) {
    if (entryId !== entry.id) continue
    const same = bills.get(invoiceId)
    const name = `${transfer.students.get(studentId) ?? ''} · ${transfer.bills.get(invoiceId)?.roundName ?? ''}`
    const vnd = (same?.vnd ?? 0) + amountVnd
    bills.set(invoiceId, { key: invoiceId, name, vnd, href: studentPath(schoolId, studentId) })
  }
  const lines = [...bills.values()]
  for (const { debitNo, creditNo, amountVnd, studentId } of entry.postings) {
    const of = studentId === null ? '' : transfer.students.get(studentId) ?? ''
    const key = `${debitNo} ${creditNo} ${studentId}`
    const credit = signOf(LEDGER_NO.studentCredit, debitNo, creditNo)
    if (credit !== 0) lines.push({ key: `credit ${key}`, name: `${t.credited}${of === '' ? '' : ` · ${of}`}`, vnd: credit * amountVnd })
    const suspense = signOf(LEDGER_NO.suspense, debitNo, creditNo)
    if (suspense !== 0) lines.push({ key: `suspense ${key}`, name: t.unallocated, vnd: suspense * amountVnd })
  }
  // Between two accounts of the bank: no bill, credit or suspense tells of it.
  if (entry.kind === 'account_transfer') {
    for (const { debitNo, creditNo, amountVnd } of entry.postings) {
      lines.push({ key: `accounts ${debitNo} ${creditNo}`, name: t.amount, vnd: amountVnd })
    }
  }
  return foldLines(lines)
}

/** Credit accounts of ours grow on the credit side. */
function signOf(account: number, debitNo: number, creditNo: number): number {
  return creditNo === account ? 1 : debitNo === account ? -1 : 0
}

function foldLines(lines: readonly Line[]): Line[] {
  const folded = new Map<string, Line>()
  for (const line of lines) {
    const same = folded.get(line.name)
    folded.set(line.name, same ? { ...same, vnd: same.vnd + line.vnd } : line)
  }
  return [...folded.values()].filter(({ vnd }) => vnd !== 0)
}
