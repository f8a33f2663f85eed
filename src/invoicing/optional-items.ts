// Optional items of a round: what is on offer to a student, what was chosen, and choosing. A choice of a student who
// was billed already changes the bill at once, by the same supersede path as everything else; money that was paid
// follows onto the new bill.
import type { Actor } from '../access/actor.js'
import { recordAudit } from '../access/audit.js'
import type { Trx } from '../db/tenancy.js'
import type { Deps } from '../deps.js'
import { DomainError } from '../errors.js'
import { lockStudents } from '../ledger/lock-students.js'
import { countableDay } from '../reconciliation/source.js'
import { vietnamDay } from '../time.js'
import type { Day } from '../time.js'
import { billsOver, billStudents } from './bill.js'
import {
  countLinkChanges, countOptionalItems, findOptionalKinds, insertChoices, isBilledAlready, LINK_ACTOR, readClassChoices,
  readOptionalItems
} from './optional-store.js'
import type { Choice, OptionalItem, OptionalItemCount, StudentChoices } from './optional-store.js'
import type { PlanScope } from './plan.js'
import { getOpenRound, getRound } from './round.js'
import type { Round } from './round.js'

export type { OptionalItem, OptionalItemCount, StudentChoices }

export type ChoiceRefusal = 'ROUND_CLOSED_CONFLICT' | 'CHOICE_DEADLINE_CONFLICT'

export interface OptionalItems {
  items: OptionalItem[]
  /** The last day on which one may choose: the due day of the round. */
  lastDay: Day
  /** Why nothing can be chosen any more, or null. */
  refusal: ChoiceRefusal | null
}

type OptionalDeps = Pick<Deps, 'db' | 'now'>

interface OfStudent {
  schoolId: string
  roundId: string
  studentId: string
}

/** What the round offers to the student today; nothing when they are in no class. Throws `ROUND_NOT_FOUND`. */
export async function listOptionalItems(deps: OptionalDeps, of: OfStudent): Promise<OptionalItems> {
  return deps.db.inSchool(of.schoolId, async (trx) => {
    const round = await getRound(trx, of.schoolId, of.roundId)
    const today = vietnamDay(deps.now())
    return toOptionalItems(round, today, await readOptionalItems(trx, scopeOf(of, round, today)))
  })
}

/** How many students were offered each item, chose it and declined it. Throws `ROUND_NOT_FOUND`. */
export async function countChosenItems(
  deps: OptionalDeps, schoolId: string, roundId: string,
): Promise<OptionalItemCount[]> {
  return deps.db.inSchool(schoolId, async (trx) => {
    const round = await getRound(trx, schoolId, roundId)
    const slice = { kind: 'all' } as const
    return countOptionalItems(trx, { ...round, schoolId, issueOn: vietnamDay(deps.now()), slice })
  })
}

/** Who of a class chose what. Throws `ROUND_NOT_FOUND`. */
export async function listClassChoices(
  deps: OptionalDeps, of: { schoolId: string; roundId: string; classId: string },
): Promise<StudentChoices[]> {
  const { schoolId, roundId, classId } = of
  return deps.db.inSchool(schoolId, async (trx) => {
    const round = await getRound(trx, schoolId, roundId)
    const slice = { kind: 'all' } as const
    return readClassChoices(trx, { ...round, schoolId, issueOn: vietnamDay(deps.now()), slice }, classId)
  })
}

export type ShownChoices = ReadonlyMap<string, boolean>

/** Of the fields of a page; undefined when it did not say what it showed. */
export function shownChoices(
  shownIds: readonly string[], tickedIds: readonly string[],
): ShownChoices | undefined {
  return shownIds.length === 0 ? undefined : new Map(shownIds.map((id) => [id, tickedIds.includes(id)]))
}

export interface Choosing extends OfStudent {
  /** All that shall be on the bill; what else is on offer is declined. */
  chosenFeeKindIds: readonly string[]
  /** What the page showed as chosen or not when it was drawn: only what was changed on it is changed. */
  shown?: ShownChoices | undefined
  /** A person at the desk, or `linkActor`. */
  actor: Pick<Actor, 'name' | 'address'>
  /** Each change makes a bill, entries and rows that stay, and whoever has a link is asked for nothing else. */
  limit?: ChangeLimit
}

export interface ChangeLimit {
  /** Of one student and round, by all links together. */
  perDayMax: number
  /** Told of each change before it is kept; what it throws keeps things as they are. */
  onChange: () => Promise<void>
}

/** Who chooses by the link of a bill. */
export function linkActor(paymentCode: string, address: string): Pick<Actor, 'name' | 'address'> {
  return { name: `${LINK_ACTOR}${paymentCode}`, address }
}

/**
 * Choosing the same again changes nothing and counts for nothing. Throws `ROUND_NOT_FOUND`, `ROUND_CLOSED_CONFLICT`,
 * `CHOICE_DEADLINE_CONFLICT` after the round's due day, `OPTIONAL_ITEM_INVALID` for what is not on offer,
 * `CHOICE_CHANGES_EXCEEDED` beyond the limit of a day.
 */
export async function chooseOptionalItems(deps: OptionalDeps, choosing: Choosing): Promise<OptionalItems> {
  const { schoolId, roundId, studentId, actor, limit } = choosing
  const today = vietnamDay(deps.now())
  return deps.db.inSchool(schoolId, async (trx) => {
    const round = await getOpenRound(trx, schoolId, roundId)
    if (refusalOf(round, today) === 'CHOICE_DEADLINE_CONFLICT') {
      throw new DomainError('CHOICE_DEADLINE_CONFLICT', `items of this round could be chosen until ${round.dueOn}`)
    }
    await lockStudents(trx, schoolId, [studentId])
    const scope = scopeOf(choosing, round, today)
    const wanted = new Set(choosing.chosenFeeKindIds)
    const offered = await readOptionalItems(trx, scope)
    assertOffered(offered, wanted)
    const choices = offered.flatMap((item) => decided(item, wanted.has(item.feeKindId), choosing.shown))
    const changes = await insertChoices(trx, schoolId, { roundId, studentId, actor: actor.name }, choices)
    if (changes.length === 0) return toOptionalItems(round, today, offered)
    if (limit) await countChange(trx, choosing, limit)
    await recordAudit(trx, {
      actor, action: 'optional_item.choose', objectKind: 'student', objectId: studentId,
      after: { roundId, changes },
    })
    if (await isBilledAlready(trx, schoolId, choosing)) {
      const declined = changes.filter(({ chosen }) => !chosen).map(({ feeKindId }) => feeKindId)
      await billAnew(trx, round, scope, { actor: actor.name, today, declined })
    }
    return toOptionalItems(round, today, await readOptionalItems(trx, scope))
  })
}

async function countChange(
  trx: Trx, { schoolId, ...of }: OfStudent, { perDayMax, onChange }: ChangeLimit,
): Promise<void> {
  if (await countLinkChanges(trx, schoolId, of) > perDayMax) {
    throw new DomainError('CHOICE_CHANGES_EXCEEDED', `these choices may be changed ${perDayMax} times a day; ask the school`)
  }
  await onChange()
}

/** Somebody else may have chosen since the page was drawn: what was not touched on it stays as it is. */
function decided({ feeKindId, chosen }: OptionalItem, isTicked: boolean, shown: ShownChoices | undefined): Choice[] {
  const wasTicked = shown?.get(feeKindId)
  if (shown && wasTicked === undefined && !isTicked) return []
  return [{ feeKindId, chosen: wasTicked === isTicked ? chosen : isTicked }]
}

/**
 * By the plan as it is: that was held against the price caps when it was written and when it was run, and a cap that is
 * lowered later is the school's to follow, not a reason to refuse a parent what the page offers.
 */
async function billAnew(
  trx: Trx, round: Round, scope: PlanScope, choice: { actor: string; today: Day; declined: readonly string[] },
): Promise<void> {
  const { schoolId, slice } = scope
  const { actor, today, declined } = choice
  const countedOn = await countableDay(trx, schoolId, today)
  const issuing = { ...round, schoolId, runId: null, actor, today, countedOn }
  await billStudents(trx, issuing, slice, billsOver(schoolId, declined))
}

/** Who bills an item to a student by hand chooses it for them. The student's account must be locked. */
export async function chooseBilledItems(
  trx: Trx, schoolId: string, actor: Pick<Actor, 'name'>,
  bill: { roundId: string; studentId: string; lines: readonly { feeKindId: string; amountVnd: number }[] },
): Promise<void> {
  const billed = bill.lines.filter(({ amountVnd }) => amountVnd > 0).map(({ feeKindId }) => feeKindId)
  const optional = await findOptionalKinds(trx, schoolId, billed)
  const choices = optional.map((feeKindId) => ({ feeKindId, chosen: true }))
  await insertChoices(trx, schoolId, { ...bill, actor: actor.name }, choices)
}

function scopeOf({ schoolId, studentId }: OfStudent, round: Round, today: Day): PlanScope {
  return { ...round, schoolId, issueOn: today, slice: { kind: 'student', studentId } }
}

function refusalOf({ state, dueOn }: Round, today: Day): ChoiceRefusal | null {
  if (state === 'closed') return 'ROUND_CLOSED_CONFLICT'
  return today > dueOn ? 'CHOICE_DEADLINE_CONFLICT' : null
}

function toOptionalItems(round: Round, today: Day, items: OptionalItem[]): OptionalItems {
  return { items, lastDay: round.dueOn, refusal: refusalOf(round, today) }
}

function assertOffered(offered: readonly OptionalItem[], wanted: ReadonlySet<string>): void {
  const unknown = [...wanted].find((id) => !offered.some(({ feeKindId }) => feeKindId === id))
  if (unknown === undefined) return
  const reason = `${unknown} is no optional item of this student in this round`
  throw new DomainError('OPTIONAL_ITEM_INVALID', reason, [{ field: 'chosenFeeKindIds', reason }])
}
