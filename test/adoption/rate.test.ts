import t from 'tap'
import { isAtLeast, isPublishable, parseThreshold, rateText } from '../../src/adoption/rate.js'
import { toSeriesPoint, toShare, toStudentShare } from '../../src/adoption/figure.js'
import { periodOf, seriesPoints } from '../../src/adoption/period.js'

t.test('a rate is rounded half-up to two decimals', async (t) => {
  const checks: [number, number, string][] = [
    [546, 597, '91.46'], [711, 1021, '69.64'], [591, 1021, '57.88'], [546, 1068, '51.12'],
    [20_960, 21_111, '99.28'], [3_803, 6_077, '62.58'],
    [1, 800, '0.13'], // 0.125 is a tie, and goes up
    [0, 12, '0.00'], [12, 12, '100.00'], [1, 20_001, '0.00'],
  ]
  for (const [numerator, denominator, text] of checks) t.equal(rateText({ numerator, denominator }), text)
})

t.test('a rate of large sums of money is exact', async (t) => {
  // As a float, 9007199254740990 * 20000 has long lost its last digits.
  t.equal(rateText({ numerator: 4_502_699_907_446_000, denominator: 9_007_199_254_740_991 }), '49.99')
  t.equal(rateText({ numerator: 9_007_199_254_740_990, denominator: 9_007_199_254_740_991 }), '100.00')
})

t.test('nothing of nothing is no data', async (t) => {
  t.equal(rateText({ numerator: 0, denominator: 0 }), null)
  t.notOk(isAtLeast({ numerator: 0, denominator: 0 }, parseThreshold('0')))
})

t.test('counts that are not a share are refused', async (t) => {
  for (const fraction of [{ numerator: 3, denominator: 2 }, { numerator: -1, denominator: 2 }]) {
    t.notOk(isPublishable(fraction))
    t.throws(() => rateText(fraction), 'a broken assumption here')
    t.throws(() => toShare(fraction), { code: 'FIGURE_REFUSED' }, 'a refusal to the caller')
    t.match(toSeriesPoint('2026-09-01', fraction), { numerator: null, denominator: null, rate: null, refused: true })
  }
})

t.test('a threshold compares the exact fraction, not the printed rate', async (t) => {
  const half = parseThreshold('0.5')
  t.ok(isAtLeast({ numerator: 1, denominator: 2 }, half))
  t.notOk(isAtLeast({ numerator: 49_999_999, denominator: 100_000_000 }, half), 'printed as 50.00')
  t.ok(isAtLeast({ numerator: 9146, denominator: 10_000 }, parseThreshold('0.9146')))
  t.notOk(isAtLeast({ numerator: 9145, denominator: 10_000 }, parseThreshold('0.9146')))
  t.ok(isAtLeast({ numerator: 7, denominator: 7 }, parseThreshold('1.0000')))
  for (const text of ['1.1', '-0.5', '.5', '0.12345', '50', '']) t.throws(() => parseThreshold(text), text)
})

t.test('a share with few children in it is hidden as a whole', async (t) => {
  const hidden = { numerator: null, denominator: null, rate: null, suppressed: true }
  t.same(toStudentShare({ numerator: 2, denominator: 4 }, 5), hidden)
  t.same(toStudentShare({ numerator: 4, denominator: 400 }, 5), hidden)
  t.same(toStudentShare({ numerator: 0, denominator: 4 }, 5), hidden)
  t.match(toStudentShare({ numerator: 5, denominator: 400 }, 5), { rate: '1.25', suppressed: false })
  t.match(toStudentShare({ numerator: 0, denominator: 400 }, 5), { rate: '0.00', suppressed: false })
  t.match(toStudentShare({ numerator: 0, denominator: 0 }, 5), { rate: null, suppressed: false })
})

t.test('the period of a figure starts with the school year, and is bounded', async (t) => {
  t.same(periodOf('2027-05-31'), { from: '2026-08-01', asOf: '2027-05-31' })
  t.same(periodOf('2026-07-31'), { from: '2025-08-01', asOf: '2026-07-31' })
  t.same(periodOf('2026-09-30', '2026-09-01'), { from: '2026-09-01', asOf: '2026-09-30' })
  t.throws(() => periodOf('2026-09-30', '2026-10-01'), { code: 'PERIOD_INVALID' })
  t.throws(() => periodOf('2026-09-30', '2020-09-30'), { code: 'PERIOD_EXCEEDED' })
  t.throws(() => periodOf('2026-02-30'), { code: 'DAY_INVALID' })
})

t.test('a curve has a point each day, Sunday or month end, and one at its end', async (t) => {
  const daysOf = (...args: Parameters<typeof seriesPoints>) => seriesPoints(...args).map(({ asOf }) => asOf)
  t.same(daysOf('2026-01-15', '2026-04-10', 'month'), ['2026-01-31', '2026-02-28', '2026-03-31', '2026-04-10'])
  t.same(daysOf('2026-11-16', '2026-11-29', 'week'), ['2026-11-22', '2026-11-29'])
  t.same(daysOf('2026-11-22', '2026-11-24', 'day'), ['2026-11-22', '2026-11-23', '2026-11-24'])
  t.same(seriesPoints('2026-07-31', '2026-08-01', 'day').map(({ from }) => from), ['2025-08-01', '2026-08-01'],
    'each point counts from the start of its own school year')
  t.throws(() => seriesPoints('2024-01-01', '2026-01-01', 'day'), { code: 'SERIES_EXCEEDED' })
})
