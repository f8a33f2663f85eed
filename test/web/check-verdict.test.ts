// The verdict of the check page, state by state: what was given against what is known of it. Only an account with which
// everything else agrees is green.
import t from 'tap'
import { paymentCodeNumber } from '../../src/invoicing/payment-code.js'
import type { Claims } from '../../src/web/check/question.js'
import { judge } from '../../src/web/check/verdict.js'
import type { Account, Known, Named, NamedBill } from '../../src/web/check/verdict.js'

const SCHOOL = { schoolId: 'a', schoolName: 'Trường A', authorityName: null }
const OTHER_SCHOOL = { schoolId: 'b', schoolName: 'Trường B', authorityName: null }
const CODE = paymentCodeNumber(1)
const MAIN: Account = { bankBin: '970422', accountNumber: '0801000001', accountName: 'TRUONG A' }
const SECOND: Account = { bankBin: '970415', accountNumber: '0801000002', accountName: 'TRUONG A' }
const GIVEN = { bankBin: MAIN.bankBin, accountNumber: MAIN.accountNumber }

const bill = (more: Partial<NamedBill> = {}): NamedBill => ({ code: CODE, state: 'issued', openVnd: 100, payee: MAIN, ...more })
const named = (...bills: NamedBill[]): Named => ({ school: SCHOOL, bills, anyOf: [] })
const found = (account: Account = MAIN, more: { school?: typeof SCHOOL, isActive?: boolean } = {}) =>
  ({ ...account, school: SCHOOL, isActive: true, ...more })

function verdict(claims: Partial<Claims>, known: Partial<Known>): string {
  const said = judge({ accounts: [], code: null, link: null, amountsVnd: [], ...claims },
    { found: [], byCode: null, byLink: null, ...known })
  switch (said.kind) {
    case 'danger': return `danger ${said.danger}`
    case 'over': return said.over
    case 'incomplete': return `missing ${said.missing}: ${said.accounts.map(({ accountNumber }) => accountNumber).join(' ')}`
    case 'good': return `good ${said.account.accountNumber}`
  }
}

t.test('a code without an account is never green', async (t) => {
  const code = { code: CODE }
  for (const [byCode, said] of [
    [named(bill()), `missing account: ${MAIN.accountNumber}`],
    [{ school: SCHOOL, bills: [], anyOf: [MAIN, SECOND] }, `missing account: ${MAIN.accountNumber} ${SECOND.accountNumber}`],
    [{ school: SCHOOL, bills: [], anyOf: [] }, 'danger no_account'],
    [named(bill({ payee: null })), 'danger no_account'],
    [named(bill({ openVnd: 0 })), 'paid'],
    [named(bill({ state: 'superseded' })), 'replaced'],
    [named(bill({ state: 'cancelled' })), 'danger cancelled'],
    ['unknown', 'danger unknown_code'],
  ] as [Known['byCode'], string][]) t.equal(verdict(code, { byCode }), said)
  t.equal(verdict({ ...code, amountsVnd: [100] }, { byCode: named(bill()) }), `missing account: ${MAIN.accountNumber}`)
  t.equal(verdict({ ...code, amountsVnd: [101] }, { byCode: named(bill()) }), 'danger amount_wrong')
  const [two, three] = [paymentCodeNumber(2), paymentCodeNumber(3)]
  const parts = named(bill(), bill({ code: two, payee: SECOND }), bill({ code: three, openVnd: 0 }))
  t.equal(verdict({ link: 'x' }, { byLink: parts }), `missing account: ${MAIN.accountNumber} ${SECOND.accountNumber}`)
  t.equal(verdict({ link: 'x' }, { byLink: 'unknown' }), 'danger unknown_link')
  t.equal(verdict({ link: 'x', code: paymentCodeNumber(9) }, { byLink: parts, byCode: named(bill()) }), 'danger bills_differ')
})

t.test('with an account, everything given must agree', async (t) => {
  const good = `good ${MAIN.accountNumber}`
  const at = (claims: Partial<Claims>, known: Partial<Known> = {}) =>
    verdict({ accounts: [GIVEN], code: CODE, ...claims }, { found: [found()], byCode: named(bill()), ...known })
  t.equal(at({}), good)
  t.equal(at({ amountsVnd: [100, 100] }), good)
  t.equal(at({ accounts: [GIVEN, { ...GIVEN, bankBin: null }] }), good, 'a QR, and its number typed beside it')
  t.equal(at({ link: 'x' }, { byLink: named(bill()) }), good)
  t.equal(at({ code: null }, { byCode: null }), good, 'the account alone')
  t.equal(at({ accounts: [{ ...GIVEN, bankBin: null }] }), good, 'without its bank, where one bank has the number')

  t.equal(at({ amountsVnd: [99] }), 'danger amount_wrong')
  t.equal(at({ amountsVnd: [100, 99] }), 'danger amounts_differ')
  t.equal(at({ accounts: [GIVEN, { bankBin: null, accountNumber: '1' }] }), 'danger accounts_differ')
  t.equal(at({ accounts: [GIVEN, { ...GIVEN, bankBin: '970415' }] }), 'danger accounts_differ')
  t.equal(at({}, { found: [] }), 'danger unknown_account')
  t.equal(at({}, { found: [found(MAIN, { isActive: false })] }), 'danger closed_account')
  t.equal(at({}, { found: [found(MAIN, { school: OTHER_SCHOOL })] }), 'danger schools_differ')
  t.equal(at({}, { byCode: named(bill({ payee: SECOND })) }), 'danger other_account')
  t.equal(at({}, { byCode: named(bill({ payee: null })) }), 'danger other_account')
  t.equal(at({}, { byCode: 'unknown' }), 'danger unknown_code')
  t.equal(at({}, { byCode: named(bill({ state: 'cancelled' })) }), 'danger cancelled')
  t.equal(at({}, { byCode: named(bill({ state: 'superseded' })) }), 'replaced')
  t.equal(at({}, { byCode: named(bill({ openVnd: 0 })) }), 'paid')

  const twoBanks = [found(), found({ ...MAIN, bankBin: '970415' }, { school: OTHER_SCHOOL })]
  t.equal(at({ accounts: [{ ...GIVEN, bankBin: null }] }, { found: twoBanks }), `missing bank: ${MAIN.accountNumber}`)
  t.equal(at({ accounts: [{ ...GIVEN, bankBin: null }], code: null }, { found: twoBanks, byCode: null }),
    `missing bank: ${MAIN.accountNumber} ${MAIN.accountNumber}`)
  t.equal(at({ amountsVnd: [100], code: null }, { byCode: null }), `missing code_for_amount: ${MAIN.accountNumber}`)
  t.equal(at({ amountsVnd: [100] }, { byCode: { school: SCHOOL, bills: [], anyOf: [MAIN] } }),
    `missing code_for_amount: ${MAIN.accountNumber}`)
})

t.test('of several parts, each is judged by the account it is paid into', async (t) => {
  const byLink = named(bill({ openVnd: 0 }), bill({ code: paymentCodeNumber(2), payee: SECOND, openVnd: 7 }))
  const at = (account: Account, amountsVnd: number[] = []) =>
    verdict({ link: 'x', accounts: [account], amountsVnd }, { byLink, found: [found(account)] })
  t.equal(at(MAIN), 'paid', 'its part is paid, whatever the other asks')
  t.equal(at(SECOND), `good ${SECOND.accountNumber}`)
  t.equal(at(SECOND, [7]), `good ${SECOND.accountNumber}`)
  t.equal(at(SECOND, [100]), 'danger amount_wrong')
})
