// Reads one figure the way pages do and counts it again from the rows, in the caller's snapshot: promise P7
// for one scope. Both sides come back as text to compare; neither is published.
import type { Kysely } from 'kysely'
import type { Tables } from '../db/tables.js'
import { DomainError } from '../errors.js'
import type { Measure } from './measure.js'
import type { Point } from './period.js'
import { findRoster } from './queries/roster.js'
import type { RosterScope } from './queries/roster.js'
import { isPublishable } from './rate.js'
import type { Fraction } from './rate.js'
import { recount } from './recount.js'
import { readFigure } from './report.js'
import type { Filters } from './report.js'

export type FigureScope = RosterScope

const EVERYTHING: Filters = { feeGroup: null, level: null, threshold: '0.5', thresholdOf: 'M3' }
const REFUSED = 'refused'

/** `numerator/denominator` of both; `refused` where the counts are no share: more taken back than came in. */
export async function compareFigure(
  db: Kysely<Tables>, scope: FigureScope, measure: Measure, period: Point,
): Promise<{ shown: string; counted: string }> {
  const roster = await findRoster(db, scope, period.asOf, EVERYTHING.level)
  const counted = await recount(db, { ...EVERYTHING, ...period, measure, roster })
  return { shown: await readShown(db, scope, measure, period), counted: textOf(counted) }
}

async function readShown(
  db: Kysely<Tables>, scope: FigureScope, measure: Measure, period: Point,
): Promise<string> {
  try {
    return textOf(await readFigure(db, scope, measure, period, EVERYTHING))
  } catch (error) {
    if (error instanceof DomainError && error.code === 'FIGURE_REFUSED') return REFUSED
    throw error
  }
}

function textOf(fraction: Fraction): string {
  return isPublishable(fraction) ? `${fraction.numerator}/${fraction.denominator}` : REFUSED
}
