// The tables as Kysely sees them, one interface each, generated from the migrations by
// test/support/generate-tables.ts: change a migration, then run `npm run tables`. bigint columns arrive as safe
// integers and dates as `YYYY-MM-DD` (src/db/pool.ts).
import type { ColumnType, Generated, GeneratedAlways } from 'kysely'
import type { Day } from '../time.js'

/** Written and read as a value: whatever writes it makes the text. */
export type Json = ColumnType<object, object, object>

export interface AccountRouteTable {
  bank_bin: string
  account_number: string
  school_id: string
  kind: string
}

export interface AccountTransferTable {
  school_id: string
  id: string
  bank_transaction_id: string
  from_bank_account_id: string
  to_bank_account_id: string
  amount_vnd: number
  entry_id: string
  for_entry_id: string
  reverses_id: string | null
  due_on: Day
  state: 'due' | 'moved' | 'cancelled'
  moved_on: Day | null
  moved_by: string | null
  recorded_at: Generated<Date>
}

export interface AdoptionDayTable {
  school_id: string
  counted_on: Day
  fee_group: string
  payment_class: string
  paid_vnd: number
  source_payments: number
  group_payments: number
}

export interface AdoptionFactTable {
  school_id: string
  id: string
  student_id: string
  counted_on: Day
  fee_group: string
  payment_class: string
  issued_on: Day
  paid_vnd: number
  source_payments: number
  group_payments: number
  folded: Generated<boolean>
}

export interface AdoptionStudentTable {
  school_id: string
  year_on: Day
  student_id: string
  identity_key: string
}

export interface AdoptionStudentDayTable {
  school_id: string
  year_on: Day
  fee_group: string
  changed_on: Day
  billed: number
  paid: number
}

export interface AdoptionUnfoldedTable {
  school_id: string
  student_id: string
  change: 'issued' | 'withdrawn' | 'identity'
  subject_id: string
}

export interface AllocationTable {
  school_id: string
  id: string
  bank_transaction_id: string | null
  cash_receipt_id: string | null
  student_id: string
  invoice_id: string
  line_no: number
  fee_group: string
  payment_class: 'direct' | 'assisted' | 'proxy_suspected' | 'intermediary' | 'cash'
  amount_vnd: number
  entry_id: string
  reverses_id: string | null
  from_credit_id: string | null
  counted_on: Day
  recorded_at: Generated<Date>
}

export interface ApiTokenTable {
  id: string
  name: string
  token_sha256: Buffer
  scopes: string[]
  of_school_id: string | null
  of_authority_id: string | null
  created_at: Generated<Date>
  expires_at: Date | null
  revoked_at: Date | null
  last_used_at: Date | null
}

export interface AppUserTable {
  id: string
  login_name: string
  display_name: string
  state: Generated<'active' | 'locked'>
  password_hash: string | null
  must_change_password: Generated<boolean>
  sealed_totp_secret: Buffer | null
  totp_confirmed_at: Date | null
  last_totp_step: number | null
  oidc_issuer: string | null
  oidc_subject: string | null
  created_at: Generated<Date>
  updated_at: Generated<Date>
  totp_session_id: string | null
}

export interface AuditLogTable {
  school_id: Generated<string>
  id: string
  actor: string
  action: string
  object_kind: string
  object_id: string
  address: string | null
  before: Json | null
  after: Json | null
  recorded_at: Generated<Date>
}

export interface AuthorityTable {
  id: string
  kind: 'ministry' | 'department' | 'district_office' | 'commune'
  name: string
  code: string | null
  valid_from: Day
  valid_to: Day | null
  created_at: Generated<Date>
}

export interface AuthorityLinkTable {
  authority_id: string
  parent_id: string
  valid_from: Day
  valid_to: Day | null
}

export interface BankAccountTable {
  school_id: string
  id: string
  bank_bin: string
  account_number: string
  account_name: string
  state: Generated<'active' | 'closed'>
  ledger_no: number
  replaced_by: string | null
  created_at: Generated<Date>
}

export interface BankCallbackTable {
  school_id: string
  id: string
  channel_id: string
  shard: number
  body: Buffer
  body_sha256: Buffer
  proof: 'good' | 'stale' | 'test'
  state: Generated<'waiting' | 'done' | 'review'>
  attempts: Generated<number>
  due_at: Generated<Date>
  first_attempt_at: Date | null
  last_error: string | null
  received_at: Generated<Date>
  processed_at: Date | null
}

export interface BankEventTable {
  school_id: string
  id: string
  channel_id: string
  event_id: string
  source: 'webhook' | 'poll' | 'statement'
  callback_id: string | null
  bank_account_id: string | null
  direction: 'in' | 'out' | 'unknown'
  amount_vnd: number
  bank_ref: string | null
  account_number: string | null
  virtual_account: string | null
  order_code: string | null
  memo: string
  counter_name: string | null
  counter_account: string | null
  counter_bank_bin: string | null
  balance_after_vnd: number | null
  occurred_at: Date
  date_only: boolean
  bank_day: Day
  time_doubtful: Generated<boolean>
  bank_transaction_id: string | null
  recorded_at: Generated<Date>
  copy_of: string | null
  full_text: string | null
  told_at: Date | null
  likeness: string | null
  ref_tail: string | null
}

export interface BankTransactionTable {
  school_id: string
  id: string
  bank_account_id: string
  bank_ref: string
  direction: 'in' | 'out'
  amount_vnd: number
  occurrence: Generated<number>
  bank_day: Day
  occurred_at: Date
  memo: string
  counter_name: string | null
  counter_account: string | null
  counter_bank_bin: string | null
  payment_class: Generated<'direct' | 'assisted' | 'proxy_suspected' | 'intermediary'>
  allocated_vnd: Generated<number>
  credited_vnd: Generated<number>
  refunded_vnd: Generated<number>
  reversed_vnd: Generated<number>
  reverses_id: string | null
  recorded_at: Generated<Date>
}

export interface BirthDateTryTable {
  school_id: string
  student_id: string
  since: Date
  wrong_count: number
}

export interface CashReceiptTable {
  school_id: string
  id: string
  number: number
  student_id: string
  bank_account_id: string | null
  amount_vnd: number
  received_on: Day
  note: string | null
  allocated_vnd: Generated<number>
  credited_vnd: Generated<number>
  refunded_vnd: Generated<number>
  reversed_vnd: Generated<number>
  actor: string
  recorded_at: Generated<Date>
  kept_vnd: number | null
}

export interface ChannelTable {
  school_id: string
  id: string
  bank_account_id: string
  provider: 'sepay' | 'casso-v1' | 'casso-v2' | 'payos' | 'vietqr-vn'
  mode: string
  sealed_secret: Buffer
  sealed_previous_secret: Buffer | null
  previous_secret_until: Date | null
  memo_word: string | null
  state: Generated<'active' | 'closed'>
  active_from: Day
  active_to: Day | null
  last_test_at: Date | null
  created_at: Generated<Date>
}

export interface ChannelRouteTable {
  channel_id: string
  school_id: string
  kind: string
}

export interface CollectionRoundTable {
  school_id: string
  id: string
  school_year: string
  name: string
  due_on: Day
  state: Generated<'open' | 'closed'>
  created_at: Generated<Date>
}

export interface CreditTable {
  school_id: string
  id: string
  bank_transaction_id: string | null
  cash_receipt_id: string | null
  student_id: string
  bank_account_id: string | null
  school_year: string | null
  kind: 'surplus' | 'possible_double_payment' | 'withdrawn_invoice' | 'awaiting_refund'
  amount_vnd: number
  held_vnd: number
  recorded_at: Generated<Date>
  invoice_id: string | null
  undone_vnd: Generated<number>
}

export interface EnrolmentTable {
  school_id: string
  id: string
  student_id: string
  class_id: string
  school_year: string
  valid_from: Day
  valid_to: Day | null
  created_at: Generated<Date>
}

export interface EntryTable {
  school_id: string
  id: string
  kind: 'invoice_issued' | 'invoice_withdrawn' | 'money_in' | 'money_out' | 'cash_in' | 'allocation' | 'deallocation' | 'credit_held' | 'credit_applied' | 'reversal' | 'refund' | 'account_transfer'
  bank_day: Day
  counted_on: Day
  recorded_at: Generated<Date>
  actor: string
  bank_transaction_id: string | null
  cash_receipt_id: string | null
  invoice_id: string | null
  reverses_id: string | null
}

export interface ExemptionTable {
  school_id: string
  id: string
  student_id: string
  fee_kind_id: string
  percent: number | null
  amount_vnd: number | null
  payer: 'budget' | 'nobody'
  legal_basis: string
  decision_number: string
  valid_from: Day
  valid_to: Day | null
  created_at: Generated<Date>
}

export interface FamilyTable {
  school_id: string
  id: string
  payment_code: number
  created_at: Generated<Date>
}

export interface FamilyMemberTable {
  school_id: string
  family_id: string
  student_id: string
}

export interface FeeKindTable {
  school_id: string
  id: string
  code: string
  name: string
  fee_group: 'tuition' | 'service' | 'pass_through' | 'personal'
  legal_basis: string
  bank_account_id: string
  priority: Generated<number>
  optional: Generated<boolean>
  document_type: Generated<string>
  created_at: Generated<Date>
}

export interface IdempotentRequestTable {
  actor: string
  key: string
  request_sha256: Buffer
  status: number | null
  body: string | null
  recorded_at: Generated<Date>
}

export interface InstallationTable {
  only_row: Generated<boolean>
  id: Generated<string>
  demo: Generated<boolean>
  created_at: Generated<Date>
}

export interface InvoiceTable {
  school_id: string
  id: string
  round_id: string
  student_id: string
  bank_account_id: string
  class_id: string | null
  run_id: string | null
  payment_code: number
  school_year: string
  state: Generated<'issued' | 'cancelled' | 'superseded'>
  due_on: Day
  gross_vnd: number
  exempted_vnd: number
  payable_vnd: number
  paid_vnd: Generated<number>
  issued_on: Day
  withdrawn_on: Day | null
  withdrawn_reason: string | null
  replaced_by: string | null
  issued_at: Generated<Date>
  enrolled_on: Day | null
}

export interface InvoiceLineTable {
  school_id: string
  invoice_id: string
  line_no: number
  fee_kind_id: string
  fee_group: string
  priority: number
  legal_basis: string
  gross_vnd: number
  exempted_vnd: number
  payable_vnd: number
  paid_vnd: Generated<number>
  exempted_payer: string | null
  exemption_id: string | null
}

export interface InvoiceRunTable {
  school_id: string
  id: string
  round_id: string
  state: Generated<'queued' | 'running' | 'done' | 'failed'>
  student_count: Generated<number>
  done_count: Generated<number>
  issued_count: Generated<number>
  superseded_count: Generated<number>
  cancelled_count: Generated<number>
  unchanged_count: Generated<number>
  after_student_id: string | null
  failure: string | null
  actor: string
  created_at: Generated<Date>
  started_at: Date | null
  finished_at: Date | null
  lease_until: Date | null
  kept_count: Generated<number | null>
  nobody: string | null
}

export interface InvoiceRunWithdrawalTable {
  school_id: string
  run_id: string
  invoice_id: string
  paid_vnd: number
}

export interface LedgerAccountTable {
  school_id: string
  account_no: number
  kind: 'bank' | 'cash' | 'cash_in_transit' | 'intermediary_clearing' | 'receivable_payer' | 'receivable_budget' | 'student_credit' | 'suspense' | 'refund_payable' | 'pass_through_liability' | 'fee_income' | 'bank_interest' | 'bank_charge'
  name: string
  gl_code: string | null
}

export interface LoginAttemptTable {
  kind: 'account' | 'address' | 'second_factor'
  subject_hmac: Buffer
  failures: number
  last_at: Date
  blocked_until: Date | null
}

export interface MatchingDecisionTable {
  school_id: string
  id: string
  bank_transaction_id: string
  outcome: string
  rule_version: number
  evidence: Json
  actor: string
  recorded_at: Generated<Date>
}

export interface NumberSeriesTable {
  school_id: string
  kind: 'cash_receipt' | 'bank_account'
  last_number: Generated<number>
}

export interface OptionalChoiceTable {
  school_id: string
  round_id: string
  student_id: string
  fee_kind_id: string
  choice_no: number
  chosen: boolean
  actor: string
  recorded_at: Generated<Date>
}

export interface PaymentAliasTable {
  school_id: string
  channel_id: string
  kind: 'virtual_account' | 'order_code'
  value: string
  payment_code: number
}

export interface PaymentCodeTable {
  code: number
  school_id: string
  kind: 'invoice' | 'student' | 'family'
}

export interface PeriodCloseTable {
  school_id: string
  closed_through: Day
  actor: string
  recorded_at: Generated<Date>
}

export interface PostingTable {
  school_id: string
  entry_id: string
  line_no: number
  debit_no: number
  credit_no: number
  amount_vnd: number
  student_id: string | null
}

export interface PriceCapTable {
  id: string
  authority_id: string
  fee_code: string
  level: string | null
  urban: boolean | null
  unit: string
  maximum_vnd: number
  growth_limit_percent: number | null
  legal_basis: string
  valid_from: Day
  valid_to: Day | null
}

export interface RecoveryCodeTable {
  user_id: string
  code_hmac: Buffer
  used_at: Date | null
}

export interface RefundTable {
  school_id: string
  id: string
  out_transaction_id: string
  credit_id: string
  amount_vnd: number
  entry_id: string
  actor: string
  recorded_at: Generated<Date>
}

export interface ReviewActTable {
  school_id: string
  id: string
  kind: 'assign' | 'not_ours' | 'repeat' | 'event' | 'callback' | 'credit' | 'close' | 'reopen' | 'undo' | 'refund'
  review_item_id: string | null
  bank_transaction_id: string | null
  entry_id: string | null
  actor: string
  asked: Json
  note: string | null
  resolution: string | null
  allocated_vnd: number
  credited_vnd: number
  suspense_vnd: number
  opened_item_id: string | null
  recorded_at: Generated<Date>
}

export interface ReviewItemTable {
  school_id: string
  id: string
  reason: string
  state: Generated<'open' | 'resolved'>
  bank_callback_id: string | null
  bank_event_id: string | null
  bank_transaction_id: string | null
  amount_vnd: number | null
  bank_day: Day | null
  evidence: Json
  recorded_at: Generated<Date>
  resolved_at: Date | null
  resolved_by: string | null
  resolution: string | null
  note: string | null
  credit_id: string | null
}

export interface ReviewItemCodeTable {
  school_id: string
  payment_code: number
  review_item_id: string
}

export interface RoleAssignmentTable {
  id: string
  user_id: string
  role: 'system_admin' | 'department_officer' | 'commune_officer' | 'head' | 'accountant' | 'cashier' | 'auditor'
  of_school_id: string | null
  of_authority_id: string | null
  valid_from: Day
  valid_to: Day | null
  created_at: Generated<Date>
}

export interface RosterImportTable {
  school_id: string
  id: string
  school_year: string
  file_sha256: Buffer
  row_count: number
  created_count: number
  updated_count: number
  unchanged_count: number
  faults: Generated<Json>
  actor: string
  recorded_at: Generated<Date>
}

export interface RosterPreviewTable {
  school_id: string
  id: string
  actor: string
  file_name: string
  file: Buffer
  school_year: string
  enrol_from: Day
  expires_at: Date
}

export interface RoundFeeTable {
  school_id: string
  id: string
  round_id: string
  fee_kind_id: string
  scope: string
  grade: number | null
  class_id: string | null
  student_id: string | null
  amount_vnd: number
}

export interface SchoolTable {
  school_id: string
  valid_from: Day
  valid_to: Day | null
  created_at: Generated<Date>
}

export interface SchoolAuthorityTable {
  school_id: string
  link: 'managing' | 'reporting'
  valid_from: Day
  valid_to: Day | null
  authority_id: string
}

export interface SchoolClassTable {
  school_id: string
  id: string
  school_year: string
  name: string
  grade: number | null
  created_at: Generated<Date>
}

export interface SchoolNoticeTable {
  school_id: string
  id: string
  to_school_id: string
  payment_code: number
  amount_vnd: number
  bank_day: Day
  recorded_at: Generated<Date>
  delivered_at: Date | null
}

export interface SchoolPredecessorTable {
  school_id: string
  predecessor_id: string
  merged_on: Day
}

export interface SchoolProfileTable {
  school_id: string
  valid_from: Day
  valid_to: Day | null
  name: string
  type: 'public' | 'community' | 'private' | 'ethnic_boarding' | 'gifted'
  levels: string[]
  urban: Generated<boolean>
  moet_code: string | null
  e_id: string | null
  tax_code: string | null
}

export interface StudentTable {
  school_id: string
  id: string
  moet_student_id: string | null
  personal_id: string | null
  school_code: string | null
  full_name: string
  search_name: string
  birth_on: Day | null
  gender: 'male' | 'female' | null
  payment_code: number | null
  identity_key: GeneratedAlways<string>
  created_at: Generated<Date>
  updated_at: Generated<Date>
}

export interface StudentAccountTable {
  school_id: string
  student_id: string
}

export interface UserSessionTable {
  id: string
  user_id: string
  token_sha256: Buffer
  stage: 'password' | 'full'
  created_at: Date
  last_seen_at: Date
  expires_at: Date
  revoked_at: Date | null
  address: string | null
  agent: string | null
}

export interface Tables {
  account_route: AccountRouteTable
  account_transfer: AccountTransferTable
  adoption_day: AdoptionDayTable
  adoption_fact: AdoptionFactTable
  adoption_student: AdoptionStudentTable
  adoption_student_day: AdoptionStudentDayTable
  adoption_unfolded: AdoptionUnfoldedTable
  allocation: AllocationTable
  api_token: ApiTokenTable
  app_user: AppUserTable
  audit_log: AuditLogTable
  authority: AuthorityTable
  authority_link: AuthorityLinkTable
  bank_account: BankAccountTable
  bank_callback: BankCallbackTable
  bank_event: BankEventTable
  bank_transaction: BankTransactionTable
  birth_date_try: BirthDateTryTable
  cash_receipt: CashReceiptTable
  channel: ChannelTable
  channel_route: ChannelRouteTable
  collection_round: CollectionRoundTable
  credit: CreditTable
  enrolment: EnrolmentTable
  entry: EntryTable
  exemption: ExemptionTable
  family: FamilyTable
  family_member: FamilyMemberTable
  fee_kind: FeeKindTable
  idempotent_request: IdempotentRequestTable
  installation: InstallationTable
  invoice: InvoiceTable
  invoice_line: InvoiceLineTable
  invoice_run: InvoiceRunTable
  invoice_run_withdrawal: InvoiceRunWithdrawalTable
  ledger_account: LedgerAccountTable
  login_attempt: LoginAttemptTable
  matching_decision: MatchingDecisionTable
  number_series: NumberSeriesTable
  optional_choice: OptionalChoiceTable
  payment_alias: PaymentAliasTable
  payment_code: PaymentCodeTable
  period_close: PeriodCloseTable
  posting: PostingTable
  price_cap: PriceCapTable
  recovery_code: RecoveryCodeTable
  refund: RefundTable
  review_act: ReviewActTable
  review_item: ReviewItemTable
  review_item_code: ReviewItemCodeTable
  role_assignment: RoleAssignmentTable
  roster_import: RosterImportTable
  roster_preview: RosterPreviewTable
  round_fee: RoundFeeTable
  school: SchoolTable
  school_authority: SchoolAuthorityTable
  school_class: SchoolClassTable
  school_notice: SchoolNoticeTable
  school_predecessor: SchoolPredecessorTable
  school_profile: SchoolProfileTable
  student: StudentTable
  student_account: StudentAccountTable
  user_session: UserSessionTable
}
