// What is the school called that this page is about? Its open profile says so; served by school_profile_open.
import type { Database } from '../../db/tenancy.js'

export async function findSchoolName(db: Database, schoolId: string): Promise<string> {
  return db.inSchool(schoolId, async (trx) => {
    const profile = await trx.selectFrom('school_profile').select('name')
      .where('school_id', '=', schoolId).where('valid_to', 'is', null).executeTakeFirst()
    return profile?.name ?? ''
  })
}
