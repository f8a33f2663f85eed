// The plan of a round: lines of a fee, a scope and an amount, edited all at once.
import type { FastifyRequest } from 'fastify'
import type { FeeKind } from '../../fees/fee-kinds.js'
import type { CapBreach } from '../../fees/price-cap.js'
import { Card } from '../components/content.js'
import { Button, ButtonLink, PostForm } from '../components/form.js'
import { EmptyState, Notice } from '../components/notice.js'
import { vndText, wholeText } from '../format.js'
import type { Lang } from '../text.js'
import { feesPath, roundPath } from './desk-links.js'
import { mayHere } from './may-here.js'
import { RoundFrame } from './round-frame.js'
import type { ShownRound } from './round-frame.js'
import type { DraftLine, LineFault } from './round-plan-form.js'
import type { ClassOption } from './round-queries.js'
import { roundsText } from './rounds-text.js'

/** Empty lines at the end, to be filled in. */
const SPARE_LINES = 3

export interface OwnFeeSum {
  name: string
  students: number
  totalVnd: number
}

interface RoundPlanProps {
  request: FastifyRequest
  schoolId: string
  schoolName: string
  round: ShownRound
  feeKinds: readonly FeeKind[]
  classes: readonly ClassOption[]
  drafts: readonly DraftLine[]
  faults: ReadonlyMap<number, LineFault>
  ownFees: readonly OwnFeeSum[]
  breaches: readonly CapBreach[]
  done?: string | undefined
  refused?: string | undefined
}

export function RoundPlanPage(props: RoundPlanProps) {
  const { request, schoolId, round, feeKinds, ownFees, breaches } = props
  const t = roundsText[request.lang]
  const editable = round.state === 'open' && mayHere(request, schoolId, 'fees:write')
  return (
    <RoundFrame {...props} tab="plan">
      <Breaches breaches={breaches} lang={request.lang} />
      {feeKinds.length === 0
        ? <EmptyState><p>{t.noFeeKinds}</p><p><ButtonLink href={feesPath(schoolId)} kind="main">{t.addFeeKind}</ButtonLink></p></EmptyState>
        : (
          <Card title={t.planTitle}>
            <p class="soft small">{t.planHint}</p>
            <PostForm request={request} action={`${roundPath(schoolId, round.id)}/plan`} class="stack">
              <PlanLines {...props} editable={editable} />
              {editable && <Button>{t.savePlan}</Button>}
            </PostForm>
          </Card>
        )}
      {ownFees.length > 0 && <OwnFees ownFees={ownFees} lang={request.lang} />}
    </RoundFrame>
  )
}

export function Breaches({ breaches, lang }: { breaches: readonly CapBreach[]; lang: Lang }) {
  const t = roundsText[lang]
  if (breaches.length === 0) return null
  return (
    <Notice tone="bad" title={t.blockedTitle}>
      <ul class="plain-list">
        {breaches.map(({ fee, cap, limitVnd, lastYearVnd }) => (
          <li key={`${cap.id} ${fee.scope} ${fee.grade} ${fee.amountVnd}`}>
            {lastYearVnd === null
              ? t.breach(fee.feeCode, fee.amountVnd, limitVnd, cap.unit, cap.legalBasis)
              : t.growthBreach(fee.feeCode, fee.amountVnd, limitVnd, lastYearVnd, cap.legalBasis)}
          </li>
        ))}
      </ul>
    </Notice>
  )
}

function PlanLines({ request, drafts, editable, ...props }: RoundPlanProps & { editable: boolean }) {
  const t = roundsText[request.lang]
  const spare = editable ? Array.from({ length: SPARE_LINES }, () => ({ feeKindId: '', scope: 'school', amount: '' })) : []
  return (
    <div class="plan-lines">
      <div class="plan-line plan-titles" aria-hidden="true">
        <span>{t.fee}</span><span>{t.scope}</span><span class="plan-amount">{t.amount}</span>
      </div>
      {[...drafts, ...spare].map((draft, at) => (
        <PlanLineRow key={at} {...props} draft={draft} no={at + 1} lang={request.lang} editable={editable}
          fault={props.faults.get(at)} />
      ))}
    </div>
  )
}

interface PlanLineRowProps extends Pick<RoundPlanProps, 'feeKinds' | 'classes'> {
  draft: DraftLine
  no: number
  lang: Lang
  editable: boolean
  fault: LineFault | undefined
}

function PlanLineRow({ draft, no, lang, editable, fault, feeKinds, classes }: PlanLineRowProps) {
  const t = roundsText[lang]
  const name = (what: string): string => `${t.lineNo(no)}: ${what}`
  const faultId = fault === undefined ? undefined : `line-${no}-fault`
  return (
    <div class="plan-line" role="group" aria-label={t.lineNo(no)}>
      <div class="field">
        <select name="feeKindId" aria-label={name(t.fee)} disabled={!editable} aria-invalid={fault === 'fee'}>
          <option value="">{t.chooseFee}</option>
          {feeKinds.map((kind) => (
            <option key={kind.id} value={kind.id} selected={kind.id === draft.feeKindId}>
              {kind.name}{kind.optional ? ` (${t.optional})` : ''}
            </option>
          ))}
        </select>
      </div>
      <div class="field">
        <select name="scope" aria-label={name(t.scope)} disabled={!editable} aria-invalid={fault === 'scope'}>
          {scopesOf(classes, lang).map(({ value, label }) => (
            <option key={value} value={value} selected={value === draft.scope}>{label}</option>
          ))}
        </select>
      </div>
      <div class="field">
        <input name="amount" class="number" inputMode="numeric" value={shownAmount(draft.amount)} disabled={!editable}
          aria-label={name(t.amount)} aria-invalid={fault === 'amount'} aria-describedby={faultId} autocomplete="off" />
      </div>
      {fault !== undefined && <p class="field-fault" id={faultId}>{faultText(fault, lang)}</p>}
    </div>
  )
}

function shownAmount(amount: string): string {
  return /^\d+$/.test(amount) ? wholeText(Number(amount)) : amount
}

function scopesOf(classes: readonly ClassOption[], lang: Lang): { value: string; label: string }[] {
  const t = roundsText[lang]
  const grades = [...new Set(classes.flatMap(({ grade }) => grade ?? []))]
  return [
    { value: 'school', label: t.wholeSchool },
    ...grades.map((grade) => ({ value: `grade:${grade}`, label: t.grade(grade) })),
    ...classes.map(({ id, name }) => ({ value: `class:${id}`, label: t.classNamed(name) })),
  ]
}

function faultText(fault: LineFault, lang: Lang): string {
  const t = roundsText[lang]
  return { amount: t.amountFault, fee: t.feeFault, twice: t.twiceFault, scope: t.scopeFault }[fault]
}

function OwnFees({ ownFees, lang }: { ownFees: readonly OwnFeeSum[]; lang: Lang }) {
  const t = roundsText[lang]
  return (
    <Card title={t.ownFees}>
      <p class="soft small">{t.ownFeesNote(ownFees.reduce((sum, { students }) => sum + students, 0))}</p>
      <ul class="plain-list">
        {ownFees.map(({ name, students, totalVnd }) => (
          <li key={name}>{name}: <span class="number">{wholeText(students)}</span> {t.students.toLowerCase()},{' '}
            <span class="number">{vndText(totalVnd)}</span></li>
        ))}
      </ul>
    </Card>
  )
}
