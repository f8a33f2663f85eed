// Which file may import which: shells -> use cases -> stores and pure rules, never outward, and features meet
// through use cases. Roles are read from file names (README, layout); pure files are listed here by name.
import { dirname, relative, resolve, sep } from 'node:path'

/** Rules without input or output. A pure file imports only pure files, and of Node only what computes. */
const pure = new Set([
  'src/errors', 'src/money', 'src/time', 'src/limits',
  'src/adoption/fact', 'src/adoption/measure', 'src/adoption/period', 'src/adoption/rate',
  'src/banking/strict-json',
  'src/directory/authority', 'src/directory/dated', 'src/directory/roster', 'src/directory/roster-cell',
  'src/directory/roster-columns', 'src/directory/roster-match', 'src/directory/roster-plan', 'src/directory/roster-rows',
  'src/directory/school', 'src/directory/school-class', 'src/directory/student',
  'src/fees/fee-kind', 'src/fees/price-cap', 'src/fees/round-plan',
  'src/invoicing/invoice', 'src/invoicing/payment-code', 'src/invoicing/payment-code-check',
  'src/invoicing/payment-code-damage',
  'src/ledger/account',
  'src/reconciliation/match', 'src/reconciliation/spread',
  'src/vietqr/banks', 'src/vietqr/crc', 'src/vietqr/payload', 'src/vietqr/tlv', 'src/vietqr/transfer-rules',
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
    const nameOf = (file) => relative(root, file).split(sep).join('/').replace(/\.[jt]s$/, '')
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
