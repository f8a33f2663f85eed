// Is this invoice still the one that counts? Old papers stay in drawers for years: whoever asks with a
// withdrawn invoice is told which one stands in its place.
import { sql } from 'kysely'
import type { Trx } from '../db/tenancy.js'
import { DomainError } from '../errors.js'
import type { InvoiceState } from './invoice.js'

/** Throws `INVOICE_NOT_FOUND`. */
export async function findBilledStudent(trx: Trx, schoolId: string, invoiceId: string): Promise<string> {
  const invoice = await trx.selectFrom('invoice').select('student_id')
    .where('school_id', '=', schoolId).where('id', '=', invoiceId).executeTakeFirst()
  if (!invoice) throw new DomainError('INVOICE_NOT_FOUND', 'this school has no such invoice')
  return invoice.student_id
}

/** Throws `INVOICE_WITHDRAWN_CONFLICT`, with the invoice at the end of the chain of replacements. */
export async function assertStanding(
  trx: Trx, schoolId: string, invoice: { id: string; state: InvoiceState },
): Promise<void> {
  if (invoice.state === 'issued') return
  const replacedBy = await findStandingReplacement(trx, schoolId, invoice.id)
  throw new DomainError(
    'INVOICE_WITHDRAWN_CONFLICT',
    replacedBy === undefined
      ? `the invoice was ${invoice.state}; nothing stands in its place`
      : `the invoice was superseded; ${replacedBy} stands in its place`,
    replacedBy === undefined ? [] : [{ field: 'replacedBy', code: 'REPLACED_BY', reason: replacedBy }],
  )
}

/** The issued invoice at the end of the chain of replacements: itself while it stands, undefined when none does. */
export async function findStandingReplacement(
  trx: Trx, schoolId: string, invoiceId: string,
): Promise<string | undefined> {
  const { rows } = await sql<{ id: string }>`
    WITH RECURSIVE chain (id, state, replaced_by) AS (
      SELECT id, state, replaced_by FROM invoice WHERE school_id = ${schoolId} AND id = ${invoiceId}
      UNION
      SELECT invoice.id, invoice.state, invoice.replaced_by FROM chain
      JOIN invoice ON invoice.school_id = ${schoolId} AND invoice.id = chain.replaced_by
    )
    SELECT id FROM chain WHERE state = 'issued'`.execute(trx)
  return rows[0]?.id
}
