// Turns the allocations that one payment gained or lost into adoption facts. Pure: what the payment had
// allocated before comes in, so that "first counted" and "net fell back to 0" are decided in one place.
import assert from 'node:assert/strict'
import type { Day } from '../time.js'

export interface AllocationChange {
  studentId: string
  feeGroup: string
  issuedOn: Day
  /** Signed: a reversal is negative. */
  amountVnd: number
}

export interface Fact extends AllocationChange {
  sourcePayments: number
  groupPayments: number
}

/**
 * One fact per (student, fee group, issue day) with a change other than 0. `netByGroup` is what the payment had
 * allocated before, by fee group. A payment counts once while its net is above 0 (facts §4.2, M4).
 */
export function factsOf(changes: readonly AllocationChange[], netByGroup: ReadonlyMap<string, number>): Fact[] {
  const facts = new Map<string, Fact>()
  const groupChange = new Map<string, number>()
  for (const change of changes) {
    const key = `${change.studentId} ${change.feeGroup} ${change.issuedOn}`
    const fact = facts.get(key)
    if (fact) fact.amountVnd += change.amountVnd
    else facts.set(key, { ...change, sourcePayments: 0, groupPayments: 0 })
    groupChange.set(change.feeGroup, (groupChange.get(change.feeGroup) ?? 0) + change.amountVnd)
  }
  const rows = [...facts.values()]
  const before = sum(netByGroup.values())
  const first = rows[0]
  if (first) first.sourcePayments = crossing(before, before + sum(groupChange.values()))
  for (const [group, change] of groupChange) {
    const row = rows.find((candidate) => candidate.feeGroup === group)
    assert(row, 'every changed group has a fact')
    const groupBefore = netByGroup.get(group) ?? 0
    row.groupPayments = crossing(groupBefore, groupBefore + change)
  }
  return rows.filter((row) => row.amountVnd !== 0 || row.sourcePayments !== 0 || row.groupPayments !== 0)
}

function crossing(before: number, after: number): number {
  assert(before >= 0 && after >= 0, 'a payment never has less than nothing allocated')
  return Number(after > 0) - Number(before > 0)
}

function sum(values: Iterable<number>): number {
  let total = 0
  for (const value of values) total += value
  return total
}
