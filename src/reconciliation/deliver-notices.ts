// Tells a school that money with its code came to another school's account: an amount and a day, nothing of who
// paid. One transaction in the told school, one to mark it told; repeating either changes nothing.
import { insertRows } from '../db/rows.js'
import type { Database } from '../db/tenancy.js'
import { paymentCodeNumber, paymentCodeText } from '../invoicing/payment-code.js'

const NOTICES_A_TURN = 200

/** Delivers what waits; called by the sweep. Returns how many. */
export async function deliverNotices(db: Database): Promise<number> {
  const notices = await db.asWorker((trx) =>
    trx
      .selectFrom('school_notice')
      .selectAll()
      .where('delivered_at', 'is', null)
      .orderBy('recorded_at')
      .limit(NOTICES_A_TURN)
      .execute(),
  )
  for (const notice of notices) {
    const { id, to_school_id: toSchoolId, amount_vnd, bank_day } = notice
    const code = paymentCodeText(paymentCodeNumber(notice.payment_code))
    await db.inSchoolAsWorker(toSchoolId, async (trx) => {
      const told = await trx
        .selectFrom('review_item')
        .select('id')
        .where('school_id', '=', toSchoolId)
        .where('id', '=', id)
        .executeTakeFirst()
      if (told) return
      const evidence = { code }
      const row = { school_id: toSchoolId, id, reason: 'PAID_TO_OTHER_SCHOOL', amount_vnd, bank_day, evidence }
      await insertRows(trx, 'review_item', [{ ...row, state: 'open' }])
    })
    await db.inSchoolAsWorker(notice.school_id, (trx) =>
      trx
        .updateTable('school_notice')
        .set({ delivered_at: new Date() })
        .where('school_id', '=', notice.school_id)
        .where('id', '=', id)
        .execute(),
    )
  }
  return notices.length
}
