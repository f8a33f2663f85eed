// The chart of accounts of a school: our own fixed numbers, so that SQL and code can name an account
// without looking it up. The school's official codes (TT 24/2024, not settled) are data beside them.

export const FEE_GROUPS = ['tuition', 'service', 'pass_through', 'personal'] as const
/** Group of a fee kind (facts: fees, exemptions, caps). */
export type FeeGroup = (typeof FEE_GROUPS)[number]

export const LEDGER_NO = {
  cash: 100,
  cashInTransit: 110,
  intermediaryClearing: 120,
  receivablePayer: 200,
  receivableBudget: 210,
  studentCredit: 300,
  suspense: 310,
  refundPayable: 320,
  passThroughLiability: 400,
  tuitionIncome: 501,
  serviceIncome: 502,
  personalIncome: 503,
  bankInterest: 600,
  bankCharge: 610,
} as const

/** Bank accounts are numbered from here, one each. */
export const FIRST_BANK_LEDGER_NO = 1000

export interface LedgerAccountRow {
  account_no: number
  kind: string
  name: string
}

/** What every new school opens with; bank accounts follow as they are registered. */
export const CHART: readonly LedgerAccountRow[] = [
  { account_no: LEDGER_NO.cash, kind: 'cash', name: 'Tiền mặt tại quỹ' },
  { account_no: LEDGER_NO.cashInTransit, kind: 'cash_in_transit', name: 'Tiền mặt đang nộp ngân hàng' },
  { account_no: LEDGER_NO.intermediaryClearing, kind: 'intermediary_clearing', name: 'Tiền tại trung gian thanh toán' },
  { account_no: LEDGER_NO.receivablePayer, kind: 'receivable_payer', name: 'Phải thu phụ huynh' },
  { account_no: LEDGER_NO.receivableBudget, kind: 'receivable_budget', name: 'Phải thu ngân sách cấp bù' },
  { account_no: LEDGER_NO.studentCredit, kind: 'student_credit', name: 'Tiền thừa của học sinh' },
  { account_no: LEDGER_NO.suspense, kind: 'suspense', name: 'Tiền treo' },
  { account_no: LEDGER_NO.refundPayable, kind: 'refund_payable', name: 'Phải hoàn trả' },
  { account_no: LEDGER_NO.passThroughLiability, kind: 'pass_through_liability', name: 'Thu hộ – chi hộ' },
  { account_no: LEDGER_NO.tuitionIncome, kind: 'fee_income', name: 'Thu học phí' },
  { account_no: LEDGER_NO.serviceIncome, kind: 'fee_income', name: 'Thu dịch vụ' },
  { account_no: LEDGER_NO.personalIncome, kind: 'fee_income', name: 'Thu phục vụ cá nhân học sinh' },
  { account_no: LEDGER_NO.bankInterest, kind: 'bank_interest', name: 'Lãi tiền gửi' },
  { account_no: LEDGER_NO.bankCharge, kind: 'bank_charge', name: 'Phí ngân hàng' },
]

const CREDITED: Record<FeeGroup, number> = {
  tuition: LEDGER_NO.tuitionIncome,
  service: LEDGER_NO.serviceIncome,
  personal: LEDGER_NO.personalIncome,
  // Collected for somebody else: never the school's income.
  pass_through: LEDGER_NO.passThroughLiability,
}

/** The account that a bill's line credits: income, or the liability of a pass-through collection. */
export function creditedByFeeGroup(group: FeeGroup): number {
  return CREDITED[group]
}
