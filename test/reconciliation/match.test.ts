// The matching table of the design, row by row, as the pure function it is.
import t from 'tap'
import { match } from '../../src/reconciliation/match.js'
import type { Bill, Candidates, CodeOwner, Decision, Transfer } from '../../src/reconciliation/match.js'

const HERE = 'school-here'
const ACCOUNT = 'account-1'

function bill(invoiceId: string, more: Partial<Bill> = {}): Bill {
  const openVnd = more.openVnd ?? 100
  return {
    invoiceId,
    studentId: `student of ${invoiceId}`,
    bankAccountId: ACCOUNT,
    state: 'issued',
    payableVnd: 100,
    openVnd,
    dueOn: '2026-10-01',
    schoolYear: '2026-2027',
    ...more,
  }
}

interface World {
  owners?: CodeOwner[]
  bills?: Record<number, Bill>
  replacedCodes?: number[]
  groups?: Record<number, Bill[]>
  replacements?: Record<string, string>
}

function candidates(world: World): Candidates {
  const { owners = [], bills = {}, replacedCodes = [], groups = {}, replacements = {} } = world
  return {
    owner: (code) => owners.find((owner) => owner.code === code),
    billOf(code) {
      const found = bills[code]
      return found && { bill: found, replaced: replacedCodes.includes(code) }
    },
    studentOf: (code) => (groups[code] ? `student of code ${code}` : undefined),
    openBillsOf: (code) => groups[code] ?? [],
    replacesAccount: (account, old) => replacements[old] === account,
  }
}

function owned(code: number, kind: CodeOwner['kind'] = 'invoice', schoolId = HERE): CodeOwner {
  return { code, kind, schoolId }
}

function paying(amountVnd: number, memoCodes: number[], more: Partial<Transfer> = {}): Transfer {
  const base = { schoolId: HERE, bankAccountId: ACCOUNT, aliasCodes: [], damaged: [], unknownCodes: [] }
  return { ...base, amountVnd, memoCodes, ...more }
}

/** `SETTLED a=100 credit=0 suspense=0 review` in one line. */
function told(decision: Decision): string {
  const parts = decision.allocations.map((part) => `${part.invoiceId}=${part.amountVnd}`)
  const credits = decision.credits.map((part) => `credit(${part.kind})=${part.amountVnd}`)
  const rest = decision.suspenseVnd > 0 ? [`suspense=${decision.suspenseVnd}`] : []
  const review = decision.review === null ? [] : [`review ${decision.review}`]
  return [decision.outcome, ...parts, ...credits, ...rest, ...review].join(' ')
}

const oneBill: World = { owners: [owned(1)], bills: { 1: bill('a') } }
const children = [bill('old', { dueOn: '2026-09-01', openVnd: 60 }), bill('new', { openVnd: 100 })]
const paidBill: World = { ...oneBill, bills: { 1: bill('a', { openVnd: 0 }) } }
const oneStudent: World = { owners: [owned(7, 'student')], groups: { 7: children } }
const near = { damaged: [{ text: 'ZFX', candidates: ['ZF'] }] }
const unknown = { unknownCodes: ['ZFAAAAAAAAAA'] }
const twoBills: World = { owners: [owned(1), owned(2)], bills: { 1: bill('a'), 2: bill('b') } }

const table: [string, Transfer, World, string][] = [
  ['amount = open amount: settle', paying(100, [1]), oneBill, 'SETTLED a=100'],
  ['less: the rest stays open', paying(99, [1]), oneBill, 'PART_PAID a=99'],
  ['1 đồng more: settle, surplus to credit', paying(101, [1]), oneBill, 'OVERPAID a=100 credit(surplus)=1'],
  ['second full payment', paying(100, [1]), { ...oneBill, bills: { 1: bill('a', { openVnd: 0 }) } },
    'POSSIBLE_DOUBLE_PAYMENT credit(possible_double_payment)=100 review POSSIBLE_DOUBLE_PAYMENT'],
  ['a second payment a little less than the bill asks too', paying(99, [1]), paidBill,
    'POSSIBLE_DOUBLE_PAYMENT credit(possible_double_payment)=99 review POSSIBLE_DOUBLE_PAYMENT'],
  ['any money by the code of a paid bill asks', paying(1, [1]), paidBill,
    'POSSIBLE_DOUBLE_PAYMENT credit(possible_double_payment)=1 review POSSIBLE_DOUBLE_PAYMENT'],
  ['money for a bill that asks for nothing asks too', paying(10, [1]),
    { ...oneBill, bills: { 1: bill('a', { payableVnd: 0, openVnd: 0 }) } },
    'POSSIBLE_DOUBLE_PAYMENT credit(possible_double_payment)=10 review POSSIBLE_DOUBLE_PAYMENT'],
  ['a second full payment of a bill that lacked a little: the little is settled, the rest asks', paying(100, [1]),
    { ...oneBill, bills: { 1: bill('a', { openVnd: 1 }) } },
    'OVERPAID a=1 credit(possible_double_payment)=99 review POSSIBLE_DOUBLE_PAYMENT'],
  ['a rest that was rounded up is a surplus', paying(60, [1]), { ...oneBill, bills: { 1: bill('a', { openVnd: 50 }) } },
    'OVERPAID a=50 credit(surplus)=10'],
  ['two codes, exact sum: split', paying(200, [1, 2]), twoBills, 'SPLIT a=100 b=100'],
  ['two codes, other sum: review', paying(199, [1, 2]), twoBills, 'SUSPENSE suspense=199 review SPLIT_AMOUNT_DIFFERS'],
  ['two codes of which one is paid: the open one may be the exact sum', paying(100, [1, 2]),
    { ...twoBills, bills: { 1: bill('a', { openVnd: 0 }), 2: bill('b') } }, 'SPLIT b=100'],
  ['an old and a new code of one bill are one bill', paying(100, [1, 2]),
    { ...twoBills, bills: { 1: bill('a'), 2: bill('a') } }, 'SPLIT a=100'],
  ['a family code beside another code is not split by guess', paying(100, [1, 2]),
    { owners: [owned(1, 'family'), owned(2)], bills: { 2: bill('b') } }, 'SUSPENSE suspense=100 review SEVERAL_CODES'],
  ['student code: oldest bills, rest to credit', paying(200, [7]),
    { owners: [owned(7, 'student')], groups: { 7: children } }, 'STUDENT_CODE old=60 new=100 credit(surplus)=40'],
  ['student code before any bill exists: all credit', paying(200, [7]),
    { owners: [owned(7, 'student')], groups: { 7: [] } }, 'STUDENT_CODE credit(surplus)=200'],
  ['student code pays only bills of the account the money came to', paying(150, [7]),
    { owners: [owned(7, 'student')], groups: { 7: [bill('other', { bankAccountId: 'account-9' }), bill('here')] } },
    'STUDENT_CODE here=100 credit(surplus)=50'],
  ['family code: surplus to review', paying(170, [8]),
    { owners: [owned(8, 'family')], groups: { 8: children } }, 'FAMILY_CODE old=60 new=100 suspense=10 review FAMILY_SURPLUS'],
  ['family code, less: oldest first', paying(70, [8]),
    { owners: [owned(8, 'family')], groups: { 8: children } }, 'FAMILY_CODE old=60 new=10'],
  ['same school, other account: review', paying(100, [1]), { ...oneBill, bills: { 1: bill('a', { bankAccountId: 'x' }) } },
    'SUSPENSE suspense=100 review OTHER_ACCOUNT'],
  ['same school, account that replaced the bill\'s: settle', paying(100, [1]),
    { ...oneBill, bills: { 1: bill('a', { bankAccountId: 'x' }) }, replacements: { x: ACCOUNT } }, 'SETTLED a=100'],
  ['code of another school: suspense', paying(100, [1]), { owners: [owned(1, 'invoice', 'school-there')] },
    'SUSPENSE suspense=100 review WRONG_SCHOOL'],
  ['own code beside another school\'s: suspense', paying(200, [1, 2]),
    { owners: [owned(1), owned(2, 'invoice', 'school-there')], bills: { 1: bill('a') } },
    'SUSPENSE suspense=200 review WRONG_SCHOOL'],
  ['superseded bill: the code lands on its replacement', paying(100, [1]), { ...oneBill, replacedCodes: [1] }, 'SETTLED a=100'],
  ['cancelled bill without replacement: credit and review', paying(100, [1]),
    { ...oneBill, bills: { 1: bill('a', { state: 'cancelled', openVnd: 0 }) } },
    'WITHDRAWN_INVOICE credit(withdrawn_invoice)=100 review WITHDRAWN_INVOICE'],
  ['virtual account alone', paying(100, [], { aliasCodes: [1] }), oneBill, 'SETTLED a=100'],
  ['virtual account and the same code', paying(100, [1], { aliasCodes: [1] }), oneBill, 'SETTLED a=100'],
  ['virtual account and another code: review', paying(100, [2], { aliasCodes: [1] }), twoBills,
    'SUSPENSE suspense=100 review CODES_DISAGREE'],
  ['virtual account and order code of two bills: review', paying(100, [], { aliasCodes: [1, 2] }), twoBills,
    'SUSPENSE suspense=100 review CODES_DISAGREE'],
  ['too much money beside a damaged second code is not this child\'s surplus',
    paying(200, [1], near), oneBill, 'SUSPENSE suspense=200 review DAMAGED_CODE'],
  ['too much money beside a code nobody was given', paying(200, [1], unknown), oneBill,
    'SUSPENSE suspense=200 review UNKNOWN_CODE'],
  ['the same beside a paid bill', paying(100, [1], near), paidBill, 'SUSPENSE suspense=100 review DAMAGED_CODE'],
  ['the same beside a bill that was withdrawn', paying(100, [1], unknown),
    { ...oneBill, bills: { 1: bill('a', { state: 'cancelled', openVnd: 0 }) } }, 'SUSPENSE suspense=100 review UNKNOWN_CODE'],
  ['the same beside a student code', paying(200, [7], near), oneStudent, 'SUSPENSE suspense=200 review DAMAGED_CODE'],
  ['the same beside a student code with nothing open', paying(200, [7], unknown),
    { ...oneStudent, groups: { 7: [] } }, 'SUSPENSE suspense=200 review UNKNOWN_CODE'],
  ['a student code whose bills take all the money', paying(160, [7], near), oneStudent, 'STUDENT_CODE old=60 new=100'],
  ['the same beside a family code', paying(170, [8], near),
    { owners: [owned(8, 'family')], groups: { 8: children } }, 'SUSPENSE suspense=170 review DAMAGED_CODE'],
  ['the same beside a virtual account', paying(200, [], { ...near, aliasCodes: [1] }), oneBill,
    'SUSPENSE suspense=200 review DAMAGED_CODE'],
  ['no code', paying(100, []), {}, 'SUSPENSE suspense=100 review NO_CODE'],
  ['damaged code', paying(100, [], { damaged: [{ text: 'ZFX', candidates: ['ZF'] }] }), {},
    'SUSPENSE suspense=100 review DAMAGED_CODE'],
  ['a code that nobody was given', paying(100, [], { unknownCodes: ['ZFAAAAAAAAAA'] }), {},
    'SUSPENSE suspense=100 review UNKNOWN_CODE'],
  ['damage beside a good code is evidence only', paying(100, [1], { damaged: [{ text: 'ZF', candidates: [] }] }), oneBill,
    'SETTLED a=100'],
]

t.test('the matching table', async (t) => {
  for (const [name, transfer, world, expected] of table) {
    t.equal(told(match(transfer, candidates(world))), expected, name)
  }
})

t.test('what a transfer to another account was meant for is proposed, as far as the money goes', async (t) => {
  const elsewhere = { ...oneBill, bills: { 1: bill('a', { bankAccountId: 'x' }) } }
  const proposed = (transfer: Transfer, world: World) => match(transfer, candidates(world)).evidence.proposedSplit
  t.same(proposed(paying(100, [1]), elsewhere), [{ invoiceId: 'a', amountVnd: 100 }])
  t.same(proposed(paying(70, [1]), elsewhere), [{ invoiceId: 'a', amountVnd: 70 }], 'less')
  t.same(proposed(paying(130, [1]), elsewhere), [{ invoiceId: 'a', amountVnd: 100 }], 'more')
  const two = { ...twoBills, bills: { 1: bill('a'), 2: bill('b', { bankAccountId: 'x' }) } }
  t.same(proposed(paying(200, [1, 2]), two), [{ invoiceId: 'a', amountVnd: 100 }, { invoiceId: 'b', amountVnd: 100 }])
  t.equal(told(match(paying(200, [1, 2]), candidates(two))), 'SUSPENSE suspense=200 review OTHER_ACCOUNT')
  t.equal(told(match(paying(150, [1, 2]), candidates(two))), 'SUSPENSE suspense=150 review OTHER_ACCOUNT')
})
