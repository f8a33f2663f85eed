// Which file may import which: shells -> use cases -> stores and pure rules, never outward, and features meet
// through use cases. Roles are read from file names (README, layout); pure files are listed here by name.
import { dirname, relative, resolve, sep } from 'node:path'

/** Rules without input or output. A pure file imports only pure files, and of Node only what computes. */
const pure = new Set([
  'src/errors', 'src/money', 'src/time', 'src/limits',
  'src/adoption/disclosure', 'src/adoption/fact', 'src/adoption/figure', 'src/adoption/measure', 'src/adoption/period', 'src/adoption/rate', 'src/adoption/tally',
  'src/banking/strict-json',
  'src/directory/authority', 'src/directory/dated', 'src/directory/roster', 'src/directory/roster-cell',
  'src/directory/roster-columns', 'src/directory/roster-match', 'src/directory/roster-sheet',
  'src/directory/roster-student', 'src/directory/roster-plan', 'src/directory/roster-rows',
  'src/directory/roster-header', 'src/directory/roster-letters', 'src/directory/roster-lines', 'src/directory/roster-names',
  'src/directory/school', 'src/directory/school-class', 'src/directory/student',
  'src/fees/fee-kind', 'src/fees/price-cap', 'src/fees/round-plan',
  'src/invoicing/invoice', 'src/invoicing/payment-code', 'src/invoicing/payment-code-check',
  'src/invoicing/payment-code-damage',
  'src/ledger/account',
  'src/reconciliation/match', 'src/reconciliation/spread',
  'src/access/actor', 'src/access/device-name', 'src/access/login-wait', 'src/access/network-address',
  'src/access/password-policy', 'src/access/permission', 'src/access/viewer',
  'src/vietqr/banks', 'src/vietqr/crc', 'src/vietqr/payload', 'src/vietqr/tlv', 'src/vietqr/transfer-rules',
  'src/web/format', 'src/web/refusal-text', 'src/web/text', 'src/web/layout-text',
  'src/reconciliation/assignment', 'src/reconciliation/memo-words', 'src/reconciliation/rank-candidates',
  'src/reconciliation/review-item', 'src/reconciliation/search-query',
  'src/web/desk/review-evidence', 'src/web/desk/review-links', 'src/web/desk/review-reason-text',
  'src/web/desk/review-text', 'src/web/desk/search-text', 'src/web/desk/transactions-text',
  'src/banking/adapters/self-test-mark', 'src/banking/channel-health', 'src/web/desk/desk-links',
  'src/export/csv', 'src/export/table', 'src/vietqr/bank-apps',
  'src/web/check/image-size', 'src/web/check/question', 'src/web/check/text', 'src/web/check/verdict',
  'src/web/desk/cash-words', 'src/web/desk/import-fault-text', 'src/web/desk/student-event-text',
  'src/web/parent/awaited', 'src/web/parent/bill', 'src/web/parent/connection-count', 'src/web/parent/pay-way', 'src/web/parent/text',
  'src/web/access/audit-text', 'src/web/access/door', 'src/web/access/export-names', 'src/web/access/role-text',
])
const computingModules = new Set(['node:assert', 'node:assert/strict', 'node:buffer', 'node:crypto', 'node:util'])

const store = /(^|[/-])(store|queries)$|\/queries\//
const shell = /(^|[/-])(routes|job|jobs|pages)$/

/** Why `from` must not import `to` (paths without extension, or a package name), or undefined when it may. */
function whyNot(from, to, isRelative) {
  if (pure.has(from) && !(isRelative ? pure.has(to) || to.endsWith('.json') : computingModules.has(to))) {
    return `${from} is pure and may import pure files only; list ${to} in .ci/import-rules.js if it is pure too`
  }
  if (!isRelative) return undefined
  if (from.startsWith('src/') && !to.startsWith('src/')) return 'src/ may not depend on anything outside of it'
  const [fromFeature, toFeature] = [from, to].map((path) => path.split('/').slice(0, -1)[1])
  const readsAllTables = from.startsWith('src/adoption/queries')
  if (from.startsWith('src/') && store.test(to) && fromFeature !== toFeature && !readsAllTables) {
    return `${to} belongs to the feature "${toFeature}": go through one of its use cases`
  }
  // Only the top of src/ (app, main, the queue's registry of jobs) puts shells together.
  const isTop = from.split('/').length === 2
  if (from.startsWith('src/') && shell.test(to) && !isTop && !shell.test(from)) {
    return `${to} is a shell: nothing but the top of src/ imports it`
  }
  return undefined
}

const inward = {
  meta: { type: 'problem', schema: [] },
  create(context) {
    const root = context.cwd
    const nameOf = (file) => relative(root, file).split(sep).join('/').replace(/\.[jt]sx?$/, '')
    const from = nameOf(context.filename)
    function check(node) {
      const asked = node.source?.value
      if (typeof asked !== 'string') return
      const isRelative = asked.startsWith('.')
      const to = isRelative ? nameOf(resolve(dirname(context.filename), asked)) : asked
      const message = whyNot(from, to, isRelative)
      if (message !== undefined) context.report({ node, message })
    }
    return { ImportDeclaration: check, ExportNamedDeclaration: check, ExportAllDeclaration: check, ImportExpression: check }
  },
}

export default { rules: { inward } }
