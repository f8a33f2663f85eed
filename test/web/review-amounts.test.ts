// Every place that reads an amount reads it alike: the forms, the check page, the search box, and the script that
// shows the rest before anything is sent. What is not surely an amount is refused: a decimal point is no hundredfold.
import t from 'tap'
import { readVnd } from '../../src/money.js'
import { readAmount } from '../../src/reconciliation/search-query.js'
import { readTypedAmount } from '../../src/web/check/question.js'
import { readCashForm } from '../../src/web/desk/cash-form.js'
import { amountOf } from '../../src/web/desk/form-fields.js'
import { amountsIn } from '../../src/web/desk/review-form.js'
import { readPlan } from '../../src/web/desk/round-plan-form.js'
import { readExemption } from '../../src/web/desk/student-exemption-form.js'
import { AMOUNTS } from './amounts.js'

t.test('amounts as people write them', async (t) => {
  for (const [text, amountVnd] of AMOUNTS) {
    const name = `“${text.slice(0, 30)}”`
    t.equal(readVnd(text), amountVnd, name)
    t.equal(amountOf(text), amountVnd, `${name} in a form of the desk`)
    t.equal(readTypedAmount(text), text === '' ? null : amountVnd, `${name} on the check page`)
    t.same(amountsIn({ 'amount:a': text }).map((one) => one.amountVnd), text === '' ? [] : [amountVnd], `${name} in an assignment`)
    if (!/k$/.test(text)) {
      t.equal(readAmount(text), amountVnd !== undefined && amountVnd >= 1_000 ? amountVnd : null, `${name} in the search box`)
    }
  }
})

t.test('the search box also takes amounts as they are said', async (t) => {
  for (const [text, amountVnd] of [
    ['450k', 450_000], ['1,5tr', 1_500_000], ['1.1 tr', 1_100_000], ['1.234,5k', null], ['2.500k', 2_500_000],
    ['450.000d', 450_000], ['450.5d', null], ['0,5k', null], ['1,2345tr', null],
  ] as const) t.equal(readAmount(text), amountVnd, text)
})

t.test('a form that got a decimal point says how an amount is written', async (t) => {
  const cash = readCashForm({ amount: '450000.00', receivedOn: '2026-09-20' }, 'vi')
  t.match(cash, { ok: false, faults: { amount: /không có số lẻ, viết 1\.250\.000 hoặc 1250000/ } })
  t.match(readCashForm({ amount: '12.50', receivedOn: '2026-09-20' }, 'en'), { faults: { amount: /without decimals, written/ } })
  t.match(readCashForm({ amount: '450.000,00', receivedOn: '2026-09-20' }, 'vi'), { ok: true, cash: { amountVnd: 450_000 } })
  t.match(readExemption({ size: '150000.00' }, 'vi'), { ok: false, faults: { size: /viết 150\.000 hoặc 150000/ } })
  const feeKindId = '0199bbbb-0000-7000-8000-000000000001'
  const plan = (amount: string) => readPlan({ feeKindId: [feeKindId], scope: ['school'], amount: [amount] }, new Set())
  t.same([...plan('12.50').faults], [[0, 'amount']])
  t.match(plan('12.500').lines, [{ amountVnd: 12_500 }])
})

// The script has no imports and is not imported: it runs here over the few parts of a page that it asks for.
t.test('the script of the review desk subtracts what the server will read', async (t) => {
  const heard: (() => void)[] = []
  const part = { value: '', addEventListener: (_: string, hear: () => void) => { heard.push(hear) } }
  const output = {
    textContent: '', dataset: { restOf: '1000000000000', over: 'over' }, classList: { toggle: () => undefined },
    closest: () => ({ querySelectorAll: () => [part] }),
  }
  const page = { addEventListener: () => undefined, querySelectorAll: (of: string) => (of === '[data-rest-of]' ? [output] : []) }
  Object.defineProperty(globalThis, 'document', { value: page, configurable: true })
  await import('../../src/web/assets/review.js')
  for (const [text, amountVnd] of AMOUNTS) {
    part.value = text
    for (const hear of heard) hear()
    const rest = String(1_000_000_000_000 - (amountVnd ?? 0)).replace(/\B(?=(\d{3})+(?!\d))/g, '.')
    t.equal(output.textContent, `${rest} đ`, `“${text.slice(0, 30)}”`)
  }
  t.equal(heard.length, 1, 'it listens to the field')
})
