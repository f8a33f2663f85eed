// What stands in the amount fields before anybody typed. One key books it, so it may never give one child what the
// content says of another.
import t from 'tap'
import type { CandidateItem } from '../../src/reconciliation/find-candidates.js'
import { prefillAmounts } from '../../src/web/desk/review-prefill.js'

type Bill = CandidateItem['bills'][number]

let bills = 0

function bill(roundName: string, openVnd: number, more: Partial<Bill> = {}): Bill {
  return {
    invoiceId: `${roundName}#${++bills}`, roundName, dueOn: '2026-10-01', openVnd, payableVnd: openVnd, paymentCode: 1,
    bankAccountId: 'account', fitsAccount: true, ...more,
  }
}

function child(fullName: string, reasons: CandidateItem['reasons'], ofChild: readonly Bill[]): CandidateItem {
  return { studentId: `id of ${fullName}`, fullName, className: '4A', familyId: null, reasons, bills: ofChild }
}

const months = (openVnd: number): [Bill, Bill] => [bill('Tháng 11', openVnd), bill('Tháng 12', openVnd)]

t.test('the draft of two named children', async (t) => {
  const [an11, an12] = months(910_000)
  const [binh11, binh12] = months(910_000)
  const an = child('Trần An', ['NAME_IN_CONTENT', 'SAME_AMOUNT'], [an11, an12])
  const binh = child('Trần Bình', ['NAME_IN_CONTENT'], [binh11, binh12])
  const draft = (amountVnd: number, memo = '') => [...prefillAmounts(amountVnd, [an, binh], [], { memo })]

  t.same(draft(1_820_000), [[an11.invoiceId, 910_000], [binh11.invoiceId, 910_000]], 'each gets a part that fits exactly')
  t.same(draft(1_820_000, 'TRAN AN TRAN BINH thang 12'), [[an12.invoiceId, 910_000], [binh12.invoiceId, 910_000]],
    'the month in the content prefers its round')
  t.same(draft(1_820_000, 'TRAN AN TRAN BINH T12'), [[an12.invoiceId, 910_000], [binh12.invoiceId, 910_000]])
  t.same(draft(3_640_000), [an11, an12, binh11, binh12].map(({ invoiceId }) => [invoiceId, 910_000]))
  t.same(draft(910_000), [], 'what fits one of them is given to none')
  t.same(draft(1_000_000), [], 'what fits nobody is given to none')
})

t.test('whoever bears the name of a child that something else tells of is not named as well', async (t) => {
  const [here, there] = [bill('Tháng 11', 500_000), bill('Tháng 11', 500_000)]
  const told = child('Trần An', ['NAMED_CODE', 'NAME_IN_CONTENT'], [here])
  const namesake = { ...child('TRẦN AN', ['NAME_IN_CONTENT'], [there]), studentId: 'the other' }
  t.same([...prefillAmounts(500_000, [told, namesake], [])], [[here.invoiceId, 500_000]])
  const alike = { ...namesake, reasons: told.reasons }
  t.same([...prefillAmounts(500_000, [told, alike], [])], [], 'two of one name, and nothing that tells them apart')
})

t.test('a number that is a student\'s own code speaks against another name, and drafts nothing alone', async (t) => {
  const [ofCode, ofName] = [bill('Tháng 11', 500_000), bill('Tháng 11', 300_000)]
  const numbered = child('Trần An', ['STUDENT_CODE_IN_CONTENT', 'SAME_AMOUNT'], [ofCode])
  const named = child('Lê Bình', ['NAME_IN_CONTENT'], [ofName])
  t.same([...prefillAmounts(500_000, [numbered], [])], [], 'a bare number can be something else')
  t.same([...prefillAmounts(300_000, [numbered, named], [])], [], 'the code says one child, the name another')
  t.same([...prefillAmounts(800_000, [numbered, named], [])],
    [[ofCode.invoiceId, 500_000], [ofName.invoiceId, 300_000]])
  const both = { ...numbered, reasons: ['STUDENT_CODE_IN_CONTENT', 'NAME_IN_CONTENT'] as CandidateItem['reasons'] }
  const namesake = { ...child('TRẦN AN', ['NAME_IN_CONTENT'], [ofName]), studentId: 'the other' }
  t.same([...prefillAmounts(500_000, [both, namesake], [])], [[ofCode.invoiceId, 500_000]], 'it tells namesakes apart')
})

t.test('the draft of one child', async (t) => {
  const [first, second, third] = [bill('Tháng 11', 310_000), bill('Đầu năm', 970_000), bill('Tháng 12', 310_000)]
  const one = child('Trần An', ['NAME_IN_CONTENT'], [first, second, third])
  const draft = (amountVnd: number, memo = '') => [...prefillAmounts(amountVnd, [one], [], { memo })]
  t.same(draft(970_000), [[second.invoiceId, 970_000]], 'the bill of exactly this amount')
  t.same(draft(1_280_000), [[first.invoiceId, 310_000], [second.invoiceId, 970_000]], 'or the bills that add up to it')
  t.same(draft(310_000), [[first.invoiceId, 310_000]], 'the oldest of several')
  t.same(draft(310_000, 'TRAN AN HP THANG 12/2026'), [[third.invoiceId, 310_000]], 'or the one of the month')
  t.same(draft(400_000), [[first.invoiceId, 310_000], [second.invoiceId, 90_000]], 'else oldest first')
  t.same(draft(9_000_000).length, 3, 'and the rest stays')
  t.same([...prefillAmounts(310_000, [{ ...one, reasons: ['SAME_AMOUNT'] }], [])], [], 'an amount alone names nobody')
})

t.test('children that a person chose', async (t) => {
  const [mine, yours] = [bill('Tháng 11', 200_000), bill('Tháng 11', 300_000)]
  const one = child('Trần An', [], [mine])
  const two = child('Lê Bình', [], [yours])
  const draft = (amountVnd: number, ids: string[]) => [...prefillAmounts(amountVnd, [one, two], ids)]
  t.same(draft(250_000, [one.studentId]), [[mine.invoiceId, 200_000]])
  t.same(draft(500_000, [one.studentId, two.studentId]), [[mine.invoiceId, 200_000], [yours.invoiceId, 300_000]])
  t.same(draft(450_000, [one.studentId, two.studentId]), [])
})

t.test('the split that the codes asked for comes first, also into another account', async (t) => {
  const [mine, yours] = [bill('Tháng 11', 200_000), bill('BHYT', 300_000, { fitsAccount: false, bankAccountId: 'b' })]
  const both = [child('Trần An', ['NAMED_CODE'], [mine]), child('Lê Bình', ['NAMED_CODE'], [yours])]
  const proposedSplit = [mine, yours].map(({ invoiceId, openVnd: amountVnd }) => ({ invoiceId, amountVnd }))
  const asked = [[mine.invoiceId, 200_000], [yours.invoiceId, 300_000]]
  t.same([...prefillAmounts(500_000, both, [], { proposedSplit })], asked)
  t.same([...prefillAmounts(600_000, both, [], { proposedSplit })], asked, 'what is left over stays')
  t.same([...prefillAmounts(400_000, both, [], { proposedSplit })], [], 'too little for all of them')
  const paid = [both[0], { ...both[1], bills: [] }] as CandidateItem[]
  t.same([...prefillAmounts(500_000, paid, [], { proposedSplit })], [], 'paid meanwhile: nothing of it holds any more')
  t.same([...prefillAmounts(300_000, [child('Lê Bình', ['NAME_IN_CONTENT'], [yours])], [])], [],
    'without a code nothing is drafted into another account')
})

t.test('a long list of bills is given up before it costs anything', async (t) => {
  const many = Array.from({ length: 40 }, (_, at) => bill(`Đợt ${at}`, 100_000 + 2 * at))
  const two = ['Trần An', 'Lê Bình'].map((name, at) => child(name, ['NAME_IN_CONTENT'], many.slice(20 * at, 20 * at + 20)))
  const before = process.cpuUsage().user
  t.same([...prefillAmounts(1_999_999, two, [])], [])
  t.ok(process.cpuUsage().user - before < 1_000_000)
})
