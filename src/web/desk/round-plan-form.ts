// Reads the plan editor's form: lines of a fee, a scope and an amount, in the order of the page. Fees of single
// students are not part of it.
import type { RoundWithFees } from '../../fees/plan-round.js'
import type { PlanLine } from '../../fees/round-plan.js'
import { isUuid } from '../../http/id.js'
import { amountOf, textsOf } from './form-fields.js'
import type { Form } from './form-fields.js'

/** What was typed in one line; `scope` is `school`, `grade:3` or `class:<id>`. */
export interface DraftLine {
  feeKindId: string
  scope: string
  amount: string
}

export type LineFault = 'amount' | 'fee' | 'twice' | 'scope'

export interface ReadPlan {
  drafts: DraftLine[]
  /** By the place of the line among `drafts`. */
  faults: ReadonlyMap<number, LineFault>
  /** The lines that say something. */
  lines: PlanLine[]
}

const AMOUNT_END_VND = 500_000_000

/** Lines without fee and amount are skipped; a line without an amount is removed. */
export function readPlan(form: Form, classIds: ReadonlySet<string>): ReadPlan {
  const [feeKinds, scopes, amounts] = [textsOf(form, 'feeKindId'), textsOf(form, 'scope'), textsOf(form, 'amount')]
  const drafts = feeKinds.map((feeKindId, at): DraftLine =>
    ({ feeKindId, scope: scopes[at] ?? '', amount: amounts[at] ?? '' }))
  const faults = new Map<number, LineFault>()
  const lines = new Map<string, PlanLine>()
  drafts.forEach((draft, at) => {
    if (draft.amount === '') return
    const line = readLine(draft, classIds)
    const key = `${draft.feeKindId} ${draft.scope}`
    if (typeof line === 'string') faults.set(at, line)
    else if (lines.has(key)) faults.set(at, 'twice')
    else lines.set(key, line)
  })
  return { drafts, faults, lines: [...lines.values()] }
}

function readLine({ feeKindId, scope, amount }: DraftLine, classIds: ReadonlySet<string>): PlanLine | LineFault {
  const amountVnd = amountOf(amount)
  if (amountVnd === undefined || amountVnd >= AMOUNT_END_VND) return 'amount'
  if (!isUuid(feeKindId)) return 'fee'
  if (scope === 'school') return { feeKindId, scope, amountVnd }
  const [kind, value = ''] = scope.split(':')
  if (kind === 'grade' && /^(\d|1[0-2])$/.test(value)) return { feeKindId, scope: kind, grade: Number(value), amountVnd }
  if (kind === 'class' && classIds.has(value)) return { feeKindId, scope: kind, classId: value, amountVnd }
  return 'scope'
}

/** The lines of a plan that the editor shows. */
export function toDrafts(fees: RoundWithFees['fees']): DraftLine[] {
  return sharedLines(fees).map(({ feeKindId, grade, classId, amountVnd }) => {
    const scope = classId !== undefined ? `class:${classId}` : grade !== undefined ? `grade:${grade}` : 'school'
    return { feeKindId, scope, amount: String(amountVnd) }
  })
}

/** A plan without the fees of single students. */
export function sharedLines(fees: RoundWithFees['fees']): PlanLine[] {
  return fees.flatMap(({ feeKindId, scope, grade, classId, amountVnd }): PlanLine[] => {
    if (scope === 'school') return [{ feeKindId, scope, amountVnd }]
    if (scope === 'grade' && grade !== null) return [{ feeKindId, scope, grade, amountVnd }]
    return scope === 'class' && classId !== null ? [{ feeKindId, scope, classId, amountVnd }] : []
  })
}
