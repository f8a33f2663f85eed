// Follows M2, M3 and M5 of any set of schools through one school year, from what changed at each point. Pure.
import type { StudentSum } from './queries/board-sums.js'
import type { MoneySum } from './queries/money-sums.js'
import type { Day } from '../time.js'
import type { Fraction } from './rate.js'

/** What changed at each point, school by school; points are numbered from 1. */
export interface Changes {
  asOf: readonly Day[]
  students: readonly StudentSum[]
  money: readonly MoneySum[]
}

export interface TrendPoint {
  asOf: Day
  m2: Fraction
  m3: Fraction
  m5: Fraction
}

/** One point each, of these schools together; a child in two of them counts once. */
export function trendOf({ asOf, students, money }: Changes, schoolIds: ReadonlySet<string>): TrendPoint[] {
  const studentsAt = byPoint(students, schoolIds)
  const moneyAt = byPoint(money, schoolIds)
  const payments = new Map<string, number>()
  const children = new Map<string, { bills: number; paidVnd: number }>()
  const [m3, m5] = [{ numerator: 0, denominator: 0 }, { numerator: 0, denominator: 0 }]
  return asOf.map((day, index) => {
    for (const { school_id, own_cashless_payments, own_cashless_vnd, own_vnd } of moneyAt.get(index + 1) ?? []) {
      payments.set(school_id, (payments.get(school_id) ?? 0) + own_cashless_payments)
      m5.numerator += own_cashless_vnd
      m5.denominator += own_vnd
    }
    for (const { identity_key, billed, paid } of studentsAt.get(index + 1) ?? []) {
      if (identity_key === null) {
        m3.numerator += paid
        m3.denominator += billed
        continue
      }
      const child = children.get(identity_key) ?? { bills: 0, paidVnd: 0 }
      children.set(identity_key, { bills: child.bills + billed, paidVnd: child.paidVnd + paid })
    }
    const billedChildren = [...children.values()].filter(({ bills }) => bills > 0)
    return {
      asOf: day,
      m2: { numerator: [...payments.values()].filter((count) => count > 0).length, denominator: schoolIds.size },
      m3: {
        numerator: m3.numerator + billedChildren.filter(({ paidVnd }) => paidVnd > 0).length,
        denominator: m3.denominator + billedChildren.length,
      },
      m5: { ...m5 },
    }
  })
}

function byPoint<Row extends { school_id: string; no: number | null }>(
  rows: readonly Row[], schoolIds: ReadonlySet<string>,
): Map<number, Row[]> {
  const points = new Map<number, Row[]>()
  for (const row of rows) {
    if (row.no === null || !schoolIds.has(row.school_id)) continue
    const at = points.get(row.no)
    if (at === undefined) points.set(row.no, [row])
    else at.push(row)
  }
  return points
}
