// One matter on its own page: what is known of it, whose it may be, and what can be done. Whoever may only look
// sees the same without the forms.
import type { FastifyRequest } from 'fastify'
import type { Candidates } from '../../reconciliation/find-candidates.js'
import type { Compared, PastAct, ShownItem } from '../../reconciliation/read-review.js'
import type { AccountName } from '../../reconciliation/read-transfers.js'
import { vietnamClock, vietnamDay } from '../../time.js'
import { Card, Facts } from '../components/content.js'
import { Badge, Notice } from '../components/notice.js'
import { Table } from '../components/table.js'
import { dayText, timeText, vndText } from '../format.js'
import { DeskPage } from '../layout.js'
import { actorText } from './actor-queries.js'
import { OtherActs } from './review-acts.js'
import type { ActsProps } from './review-acts.js'
import { AssignCard } from './review-assign.js'
import type { AssignProps } from './review-assign.js'
import { reviewPath, transactionPath } from './review-links.js'
import { actText, faultText, reasonText, resolutionText } from './review-reason-text.js'
import { reviewText } from './review-text.js'
import { studentPath } from './student-links.js'
import { doneText, Keys } from './review.js'
import { damagedTexts, earlierCredit, faultsIn, paidCode, repeatedTransfer } from './review-evidence.js'
import type { Fault } from './review-evidence.js'
import { mayHere } from './may-here.js'

export interface ReviewItemProps {
  request: FastifyRequest
  schoolId: string
  schoolName: string
  item: ShownItem
  candidates: Candidates
  accounts: readonly AccountName[]
  names: ReadonlyMap<string, string>
  /** Null when nothing of it can be assigned. */
  assign: AssignProps | null
  acts: ActsProps
  done: string | undefined
  refused: string | undefined
}

export function ReviewItemPage(props: ReviewItemProps) {
  const { request, schoolId, schoolName, item, assign, acts, done, refused } = props
  const { lang } = request
  const t = reviewText[lang]
  const { short, why } = reasonText(item.reason, lang)
  const may = mayHere(request, schoolId, 'review:write')
  return (
    <DeskPage request={request} schoolId={schoolId} schoolName={schoolName} title={short} current="review"
      styles={['review.css']} scripts={['review.js']}>
      <div class="page-head">
        <div>
          <p class="small"><a href={reviewPath(schoolId)} data-key="u" aria-keyshortcuts="u">{t.back}</a></p>
          <h1>{short}{item.amountVnd !== null && <> · <span class="number">{vndText(item.amountVnd)}</span></>}</h1>
        </div>
        {item.state === 'open' ? <Badge tone="warn">{t.waits}</Badge>
          : <Badge tone="good">{resolutionText(item.resolution, lang)}</Badge>}
      </div>
      <div>
        <p>{why}</p>
        {item.memo !== null && (
          <p class="review-lead"><span class="review-memo">{item.memo.trim() === '' ? t.noMemo : item.memo}</span>
            {item.counterName !== null && <span class="soft"> · {item.counterName}</span>}</p>
        )}
      </div>
      {refused !== undefined && <Notice tone="bad"><p>{refused}</p></Notice>}
      {refused === undefined && done !== undefined && <Notice tone="good"><p>{doneText(lang, done)}</p></Notice>}
      {!may && <Notice tone="info"><p>{t.readOnly}</p></Notice>}
      {item.compared !== null && <Comparison {...props} compared={item.compared} />}
      {may && assign && <AssignCard {...assign} />}
      <div class="columns">
        <Evidence {...props} />
        {may && <div class="stack"><OtherActs {...acts} /></div>}
      </div>
      {item.history.length > 0 && <History {...props} />}
      <Keys lang={lang} />
    </DeskPage>
  )
}

/** What was known and what came now, so that a person sees at once what differs. */
function Comparison({ request: { lang }, item, compared }: ReviewItemProps & { compared: Compared }) {
  const t = reviewText[lang]
  const { event } = item
  const code = (text: string | null) => <span class="review-code">{text ?? '–'}</span>
  const vnd = (amountVnd: number | null) => (amountVnd === null ? '–' : <span class="number">{vndText(amountVnd)}</span>)
  const rows = [
    { name: t.amount, known: vnd(compared.amountVnd), fresh: vnd(item.amountVnd) },
    { name: t.memo, known: code(compared.memo), fresh: code(item.memo) },
    { name: t.fullText, known: code(compared.fullText), fresh: code(item.fullText) },
    { name: t.bankTime, known: clockText(compared.occurredAt), fresh: event === null ? '–' : clockText(event.occurredAt) },
    { name: t.reference, known: code(compared.bankRef), fresh: code(event?.bankRef ?? null) },
    { name: t.orderCode, known: code(compared.orderCode), fresh: code(event?.orderCode ?? null) },
  ]
  return (
    <Card title={t.compareTitle}>
      <Table caption={t.compareTitle} captionHidden rows={rows} keyOf={({ name }) => name} empty="" columns={[
        { title: '', cell: ({ name }) => name },
        { title: t.known, kind: 'wide', cell: ({ known }) => known },
        { title: t.fresh, kind: 'wide', cell: ({ fresh }) => fresh },
      ]} />
    </Card>
  )
}

/** To the second: two transfers of one minute are told apart by it. */
function clockText(at: string) {
  const instant = new Date(at)
  return <span class="number">{dayText(vietnamDay(instant))} {vietnamClock(instant)}</span>
}

function Evidence(props: ReviewItemProps) {
  const { request: { lang }, item } = props
  const t = reviewText[lang]
  const facts = factsOf(props)
  return (
    <Card title={t.evidence}>
      {facts.length > 0 && <Facts items={facts} />}
      {item.callbackBody !== null && (
        <details open={item.memo === null}>
          <summary>{t.rawCall}</summary>
          <pre class="review-raw" tabIndex={0}>{item.callbackBody.toString('utf8').slice(0, 4_000)}</pre>
        </details>
      )}
    </Card>
  )
}

function factsOf({ request: { lang }, schoolId, item, candidates, accounts }: ReviewItemProps) {
  const t = reviewText[lang]
  const { evidence } = item
  const account = accounts.find(({ id }) => id === item.bankAccountId)
  const repeats = repeatedTransfer(evidence)
  const faults = faultsIn(evidence)
  const code = paidCode(evidence)
  const earlier = earlierCredit(evidence)
  const link = (transferId: string) => <a href={transactionPath(schoolId, transferId)}>{t.seeTransfer}</a>
  return [
    ...(item.bankDay === null ? [] : [{ name: t.day, value: <span class="number">{dayText(item.bankDay)}</span> }]),
    ...(item.event?.toldAt == null ? [] : [{ name: t.toldAt, value: clockText(item.event.toldAt) }]),
    ...(item.fullText === null ? [] : [{ name: t.fullText, value: <span class="review-code">{item.fullText}</span> }]),
    ...(item.suspenseVnd === null || item.suspenseVnd === item.amountVnd ? []
      : [{ name: t.inSuspense, value: <span class="number">{vndText(item.suspenseVnd)}</span> }]),
    ...(item.direction === null ? [] : [{ name: t.direction, value: directionText(item.direction, lang) }]),
    ...(account === undefined ? [] : [{ name: t.account, value: `${account.accountNumber} · ${account.accountName}` }]),
    ...(item.event?.accountNumber == null || account !== undefined ? []
      : [{ name: t.namedAccount, value: <span class="review-code">{item.event.accountNumber}</span> }]),
    ...(hasCodes(candidates, evidence)
      ? [{ name: t.codes, value: <Codes candidates={candidates} evidence={evidence} lang={lang} /> }] : []),
    ...(code === undefined ? [] : [{ name: t.codes, value: <span class="review-code">{code}</span> }]),
    ...(repeats === undefined ? [] : [{ name: t.repeats, value: link(repeats) }]),
    ...(earlier === undefined ? [] : [
      { name: t.ofStudent, value: <a href={studentPath(schoolId, earlier.studentId)}>{t.seeStudent}</a> },
      { name: t.creditYear, value: <span class="number">{earlier.schoolYear}</span> },
      { name: t.billYear, value: <span class="number">{earlier.billSchoolYear}</span> },
    ]),
    ...(item.bankTransactionId === null ? [] : [{ name: t.transfer, value: link(item.bankTransactionId) }]),
    ...(faults.length === 0 ? [] : [{ name: t.faults, value: <Faults faults={faults} lang={lang} /> }]),
  ]
}

/** A sentence for the accountant, and the field and the code for whoever is called for help. */
function Faults({ faults, lang }: { faults: readonly Fault[]; lang: 'vi' | 'en' }) {
  return (
    <ul class="plain-list">
      {faults.map(({ code, field }) => (
        <li key={`${code} ${field}`}>
          {faultText(code, lang)}{field !== undefined && <> <span class="review-code">{field}</span></>}
          {' '}<span class="soft small">{code}</span>
        </li>
      ))}
    </ul>
  )
}

function directionText(direction: string, lang: 'vi' | 'en'): string {
  const t = reviewText[lang]
  return direction === 'in' ? t.in : direction === 'out' ? t.out : t.unknown
}

function hasCodes({ codes }: Candidates, evidence: object): boolean {
  return codes.length > 0 || damagedTexts(evidence).length > 0
}

function Codes({ candidates: { codes, items }, evidence, lang }: {
  candidates: Candidates; evidence: object; lang: 'vi' | 'en'
}) {
  const t = reviewText[lang]
  const nameOf = (id: string) => items.find(({ studentId }) => studentId === id)?.fullName
  const lost = damagedTexts(evidence).filter((text) => !codes.some(({ seen }) => seen === text))
  return (
    <ul class="plain-list">
      {codes.map(({ code, seen, near, studentIds }) => (
        <li key={code}>
          <span class="review-code">{code}</span>
          {near && <span class="soft small"> {t.near(seen)}</span>}
          <span class="soft"> {studentIds.flatMap((id) => nameOf(id) ?? []).join(', ')}</span>
        </li>
      ))}
      {lost.map((text) => <li key={text} class="soft">{t.damagedOnly(text)}</li>)}
    </ul>
  )
}

function History({ request: { lang }, item, names }: ReviewItemProps) {
  const t = reviewText[lang]
  return (
    <Card title={t.history}>
      <Table<PastAct> caption={t.history} captionHidden rows={item.history} keyOf={({ id }) => id} empty="" columns={[
        { title: t.when, cell: ({ recordedAt }) => <span class="number">{timeText(recordedAt)}</span> },
        { title: t.who, cell: ({ actor }) => actorText(actor, names, lang) },
        { title: t.how, cell: ({ kind, resolution }) => [actText(kind, lang), resolutionText(resolution, lang)].filter(Boolean).join(': ') },
        {
          title: t.amount, kind: 'number',
          cell: ({ allocatedVnd, creditedVnd }) => (allocatedVnd + creditedVnd === 0 ? '' : vndText(allocatedVnd + creditedVnd)),
        },
        { title: t.note, kind: 'wide', cell: ({ note }) => note ?? '' },
      ]} />
    </Card>
  )
}
