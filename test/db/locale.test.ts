import { randomBytes } from 'node:crypto'
import pg from 'pg'
import t from 'tap'
import { readConfig } from '../../src/config.js'
import { migrateDatabase } from '../../src/migrate-command.js'
import { createTestDatabase } from '../support/database.js'

const SECRET_KEY = 'the secret key of the tests'

t.test('the locale of a database of the operator\'s own', async (t) => {
  const world = await createTestDatabase(t)
  const admin = new pg.Client({ connectionString: world.ownerUrl })
  await admin.connect()
  t.teardown(() => admin.end())

  const makeDatabase = async (locale: string) => {
    const name = `test_locale_${randomBytes(4).toString('hex')}`
    await admin.query(`CREATE DATABASE ${name} TEMPLATE template0 ENCODING 'UTF8' ${locale}`)
    const [ownerUrl, serviceUrl] = [world.ownerUrl, world.serviceUrl].map((url) => url.replace(/\/[^/]*$/, `/${name}`))
    return {
      ownerUrl,
      config: readConfig({ DATABASE_URL: serviceUrl, DATABASE_OWNER_URL: ownerUrl, SECRET_KEY }),
      drop: () => admin.query(`DROP DATABASE ${name} WITH (FORCE)`),
    }
  }

  await t.test('C is refused before anything is made in it, and the sentence says how to make another', async (t) => {
    const { config, drop } = await makeDatabase(`LOCALE_PROVIDER libc LOCALE 'C'`)
    t.teardown(drop)
    await t.rejects(migrateDatabase(config, () => undefined), { code: 'DATABASE_LOCALE', message: /--locale C\.UTF-8/ })
  })

  await t.test('ICU finds the same words as C.UTF-8', async (t) => {
    const { ownerUrl, config, drop } = await makeDatabase(`LOCALE_PROVIDER icu ICU_LOCALE 'und' LOCALE 'C'`)
    t.teardown(drop)
    await migrateDatabase(config, () => undefined)
    const client = new pg.Client({ connectionString: ownerUrl })
    await client.connect()
    t.teardown(() => client.end())
    const read = `SELECT plain_text('ĐỖ Thị ÁNH Nguyệt đi ỨNG Ở') AS text`
    const [there, here] = await Promise.all([client.query(read), admin.query(read)])
    t.same(there.rows, [{ text: 'do thi anh nguyet di ung o' }])
    t.same(there.rows, here.rows)
  })
})
