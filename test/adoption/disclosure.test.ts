import fc from 'fast-check'
import t from 'tap'
import { hiddenCounts, isSmall } from '../../src/adoption/disclosure.js'
import type { Line } from '../../src/adoption/disclosure.js'
import type { Fraction } from '../../src/adoption/rate.js'

const MIN = 5
const of = (counts: Record<string, [number, number]>) => new Map(Object.entries(counts)
  .map(([name, [numerator, denominator]]): [string, Fraction] => [name, { numerator, denominator }]))
const hidden = (counts: Record<string, [number, number]>, lines: Line[]) =>
  [...hiddenCounts(of(counts), lines, MIN)].sort()

t.test('a count of one to four children is hidden on either side of a share; none and five are shown', async (t) => {
  t.same(hidden({ a: [3, 40], b: [2, 4], c: [0, 12], d: [5, 5], e: [0, 0], f: [39, 40] }, []), ['a', 'b'])
})

t.test('one hidden part of a shown sum takes the smallest other part with it', async (t) => {
  t.same(hidden({ small: [1, 3], medium: [10, 20], large: [50, 90], empty: [0, 0], sum: [61, 113] },
    [{ total: 'sum', parts: ['small', 'medium', 'large', 'empty'] }]), ['medium', 'small'])
})

t.test('hidden parts that are few children together are not enough', async (t) => {
  t.same(hidden({ a: [1, 1], b: [0, 2], c: [30, 60], d: [20, 30], sum: [51, 93] },
    [{ total: 'sum', parts: ['a', 'b', 'c', 'd'] }]), ['a', 'b', 'd'])
})

t.test('a sum with nothing else to hide behind is hidden itself, and so on upwards', async (t) => {
  t.same(hidden({ only: [2, 3], row: [2, 3], next: [10, 20], other: [40, 50], all: [52, 73] }, [
    { total: 'row', parts: ['only'] }, { total: 'all', parts: ['row', 'next', 'other'] },
  ]), ['next', 'only', 'row'])
})

t.test('in a table no row and no column gives a hidden cell away', async (t) => {
  const size = fc.constantFrom(0, 1, 3, 6, 9, 30, 80)
  const cell = fc.tuple(size, size).map(([one, two]): [number, number] => [Math.min(one, two), Math.max(one, two)])
  const table = fc.array(fc.array(cell, { minLength: 4, maxLength: 4 }), { minLength: 3, maxLength: 5 })
  fc.assert(fc.property(table, (rows) => {
    const counts = new Map<string, Fraction>()
    const lines: Line[] = []
    const add = (total: string, parts: string[]): void => {
      const sum = parts.map((part) => counts.get(part)).reduce<Fraction>((all, part) => ({
        numerator: all.numerator + (part?.numerator ?? 0), denominator: all.denominator + (part?.denominator ?? 0),
      }), { numerator: 0, denominator: 0 })
      counts.set(total, sum)
      lines.push({ total, parts })
    }
    for (const [r, row] of rows.entries()) {
      for (const [c, [numerator, denominator]] of row.entries()) counts.set(`${r} ${c}`, { numerator, denominator })
    }
    for (const r of rows.keys()) add(`row ${r}`, [0, 1, 2, 3].map((c) => `${r} ${c}`))
    for (const c of [0, 1, 2, 3]) add(`column ${c}`, [...rows.keys()].map((r) => `${r} ${c}`))
    add('all', [...rows.keys()].map((r) => `row ${r}`))
    add('all', [0, 1, 2, 3].map((c) => `column ${c}`))
    const names = hiddenCounts(counts, lines, MIN)
    for (const [name, count] of counts) if (isSmall(count, MIN)) t.ok(names.has(name), name)
    for (const { total, parts } of lines) {
      const kept = parts.filter((part) => names.has(part))
      if (names.has(total)) {
        if (kept.length === 0 && parts.some((part) => (counts.get(part)?.denominator ?? 0) > 0)) return false
        continue
      }
      const rest = kept.reduce((sum, part) => sum + (counts.get(part)?.denominator ?? 0), 0)
      if (kept.length === 1 || (rest > 0 && rest < MIN)) return false
    }
    return true
  }), { seed: 20_261_122, numRuns: 300 })
})
