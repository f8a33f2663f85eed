// Lists that wait to be taken over: of two that one person sends at once the later one stays.
import { setTimeout as delay } from 'node:timers/promises'
import t from 'tap'
import { v7 as uuidv7 } from 'uuid'
import { findKeptRoster, keepRosterFile } from '../../src/directory/roster-preview-store.js'
import { buildTestApp } from '../support/app.js'
import { created } from '../support/payable-school.js'

t.test('two lists that one person sends at once do not collide', async (t) => {
  const now = new Date('2026-09-12T03:00:00Z')
  const { asAdmin, db } = await buildTestApp(t, { now: () => now })
  const { id: schoolId } = await created<{ id: string }>(
    asAdmin('POST', '/api/v1/schools', { name: 'THCS Hoa Sen', type: 'public', levels: ['lower_secondary'] }))
  const listOf = (fileName: string) => ({
    id: uuidv7(), actor: 'user:one', fileName, file: Buffer.from(fileName), schoolYear: '2026-2027',
    enrolFrom: '2026-09-01', expiresAt: new Date(now.getTime() + 60_000),
  })
  const [first, second, others] = [listOf('a.csv'), listOf('b.csv'), { ...listOf('c.csv'), actor: 'user:two' }]
  let commit: () => void = () => undefined
  const committed = new Promise<void>((resolve) => { commit = resolve })
  let isWritten: () => void = () => undefined
  const written = new Promise<void>((resolve) => { isWritten = resolve })
  const sending = db.inSchool(schoolId, async (trx) => {
    await keepRosterFile(trx, schoolId, first, now)
    isWritten()
    await committed
  })
  await written
  const sendingToo = db.inSchool(schoolId, (trx) => keepRosterFile(trx, schoolId, second, now))
  await Promise.race([sendingToo.catch(() => undefined), delay(300)])
  commit()
  await t.resolves(Promise.all([sending, sendingToo]))
  await db.inSchool(schoolId, (trx) => keepRosterFile(trx, schoolId, others, now))

  const find = ({ id, actor }: typeof first) =>
    db.inSchool(schoolId, (trx) => findKeptRoster(trx, schoolId, { id, actor, now }))
  t.equal(await find(first), undefined)
  t.match(await find(second), { fileName: 'b.csv', file: Buffer.from('b.csv') })
  t.match(await find(others), { fileName: 'c.csv' }, 'each person has one of their own')
})
