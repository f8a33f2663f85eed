// Tells a school that money with its code came to another school's account: an amount and a day, nothing of who
// paid. One transaction in the told school, one to mark it told; repeating either changes nothing.
import type { Selectable } from 'kysely'
import type { Tables } from '../db/tables.js'
import type { Database } from '../db/tenancy.js'
import { paymentCodeNumber, paymentCodeText } from '../invoicing/payment-code.js'
import { insertReviewItems } from './review-store.js'

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
  const failures: unknown[] = []
  for (const notice of notices) await deliver(db, notice).catch((error: unknown) => failures.push(error))
  // One that cannot be delivered holds up no other; what is wrong with it is said after the rest.
  if (failures.length > 0) throw failures[0]
  return notices.length
}

async function deliver(db: Database, notice: Selectable<Tables['school_notice']>): Promise<void> {
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
    await insertReviewItems(trx, [{ ...row, state: 'open', namedCodes: [notice.payment_code] }])
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
