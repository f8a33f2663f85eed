// Why does a round bill nobody? A run that ends with nothing done says so in words: else it looks like one that worked.
import { sql } from 'kysely'
import assert from 'node:assert/strict'
import type { Trx } from '../db/tenancy.js'
import { enrolledStudents, roundDay } from './plan.js'
import type { PlanScope } from './plan.js'

export const NOBODY_CODES = [
  /** Everybody has the bill that the plan says. */
  'ALL_ISSUED',
  /** The school year of the round has no class. */
  'NO_CLASS_OF_YEAR',
  /** Nobody is in a class of the year, neither today nor on the day that the round is for. */
  'NOBODY_ENROLLED',
  /** The plan has no fee above 0. */
  'NO_FEE_PLANNED',
  /** There are fees, of other classes, grades or students, or optional ones that nobody chose. */
  'NO_FEE_APPLIES',
] as const
export type NobodyCode = (typeof NOBODY_CODES)[number]

export interface NobodyBilled {
  code: NobodyCode
  reason: string
}

/** For a plan that issues nothing; `standing` is how many bills stay as they are. */
export async function findWhyNobody(trx: Trx, scope: PlanScope, standing: number): Promise<NobodyBilled> {
  const code = standing > 0 ? 'ALL_ISSUED' : await findCode(trx, scope)
  return { code, reason: reasonOf(code, scope) }
}

async function findCode(trx: Trx, scope: PlanScope): Promise<NobodyCode> {
  const { schoolId, roundId, schoolYear } = scope
  const { rows: [found] } = await sql<{ classes: boolean; enrolled: boolean; fees: boolean }>`
    SELECT EXISTS (SELECT FROM school_class WHERE school_id = ${schoolId} AND school_year = ${schoolYear}) AS classes,
      EXISTS (${enrolledStudents(scope)}) AS enrolled,
      EXISTS (SELECT FROM round_fee
        WHERE school_id = ${schoolId} AND round_id = ${roundId} AND amount_vnd > 0) AS fees`.execute(trx)
  assert(found, 'a query of existence has one row')
  if (!found.classes) return 'NO_CLASS_OF_YEAR'
  if (!found.enrolled) return 'NOBODY_ENROLLED'
  return found.fees ? 'NO_FEE_APPLIES' : 'NO_FEE_PLANNED'
}

function reasonOf(code: NobodyCode, scope: PlanScope): string {
  const { schoolYear, issueOn } = scope
  switch (code) {
    case 'ALL_ISSUED': return 'every bill is as planned'
    case 'NO_CLASS_OF_YEAR': return `the school has no class of ${schoolYear}`
    case 'NOBODY_ENROLLED':
      return `no child is in a class of ${schoolYear} on ${issueOn}, nor on ${roundDay(scope)}, the day the round is for`
    case 'NO_FEE_PLANNED': return 'the plan of the round has no fee above 0'
    case 'NO_FEE_APPLIES': return 'no fee of the plan is for a child of this school year, or only optional ones that nobody chose'
  }
}

/** As the row of a run keeps it. */
export function nobodyText({ code, reason }: NobodyBilled): string {
  return `${code}: ${reason}`
}

/** What `nobodyText` wrote; null for a run that billed somebody. */
export function readNobody(text: string | null): NobodyBilled | null {
  const code = NOBODY_CODES.find((known) => text?.startsWith(`${known}: `) === true)
  return text === null || code === undefined ? null : { code, reason: text.slice(code.length + 2) }
}
