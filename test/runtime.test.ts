import t from 'tap'
import { readConfig } from '../src/config.js'
import { migrateDatabase } from '../src/migrate-command.js'
import { writeOpenapi } from '../src/openapi-command.js'
import { createLogger } from '../src/http/log.js'
import { openRuntime } from '../src/runtime.js'
import { asOwner } from './support/as-owner.js'
import { createTestDatabase } from './support/database.js'

const log = createLogger({ level: 'silent' })
const SECRET_KEY = 'the secret key of the tests'

t.test('start on a database of the operator\'s own', async (t) => {
  const database = await createTestDatabase(t)
  const config = readConfig({ DATABASE_URL: database.serviceUrl, DATABASE_OWNER_URL: database.ownerUrl, SECRET_KEY })

  t.test('opens what it needs and closes it again', async (t) => {
    const { deps, notes, close } = await openRuntime(config, log)
    t.equal(await deps.db.asService(async () => 'answered'), 'answered')
    t.equal((await deps.queues.check()).ok, true)
    t.equal(deps.reportsDb, deps.db)
    t.match(notes.join('\n'), /BOOTSTRAP_TOKEN/)
    t.notMatch(notes.join('\n'), /SECRET_KEY|:\/\//)
    await close()
    await t.rejects(deps.db.asService(async () => 'closed'))
  })

  t.test('a queue that is down stops nothing: the sweep settles', async (t) => {
    const { deps, close } = await openRuntime({ ...config, redisUrl: 'redis://127.0.0.1:1' }, log)
    t.equal((await deps.queues.check()).ok, false)
    await close()
  })

  t.test('a server that may lose a commit is refused, and the sentence says what to set', async (t) => {
    await asOwner(database, `ALTER DATABASE ${database.name} SET synchronous_commit = off`)
    await t.rejects(openRuntime(config, log), { code: 'DATABASE_NOT_DURABLE', message: /set synchronous_commit = on/ })
    await t.rejects(migrateDatabase(config, () => undefined), { code: 'DATABASE_NOT_DURABLE' })
    await asOwner(database, `ALTER DATABASE ${database.name} RESET synchronous_commit`)
  })

  t.test('an older schema is refused until it is migrated, and migrating twice changes nothing', async (t) => {
    const said: string[] = []
    await migrateDatabase(config, (line) => said.push(line))
    t.same(said, ['Nothing was missing.'])
    await asOwner(database, 'DELETE FROM kysely_migration WHERE name = (SELECT max(name) FROM kysely_migration)')
    await t.rejects(openRuntime(config, log), { code: 'DATABASE_NOT_MIGRATED', message: /run the migrate command/ })
    await asOwner(database, 'DROP TABLE kysely_migration')
    await t.rejects(openRuntime(config, log), { code: 'DATABASE_NOT_MIGRATED' })
  })

  t.test('migrating as anybody but the owner says which variable to set', async (t) => {
    const asService = readConfig({ DATABASE_URL: database.serviceUrl, SECRET_KEY })
    await t.rejects(migrateDatabase(asService, () => undefined),
      { code: 'DATABASE_OWNER_REFUSED', message: /set DATABASE_OWNER_URL/ })
    const away = { ...config, databaseOwnerUrl: 'postgres://owner@127.0.0.1:1/fees' }
    await t.rejects(migrateDatabase(away, () => undefined), { message: /^The database of DATABASE_OWNER_URL/ })
  })

  t.test('a database that is not there is one sentence without the password', async (t) => {
    const away = { ...config, databaseUrl: 'postgres://service:hunter2@127.0.0.1:1/fees' }
    const error: unknown = await openRuntime(away, log).catch((reason: unknown) => reason)
    t.match(error, { code: 'DATABASE_UNREACHABLE', message: /DATABASE_URL cannot be used \(.*ECONNREFUSED/ })
    t.notMatch(String(error), /hunter2|\n/)
  })
})

t.test('the OpenAPI document is written without a database and is the same each time', async (t) => {
  const text = await writeOpenapi()
  t.equal(await writeOpenapi(), text)
  t.match(text, /"openapi": "3\.1\.0"/)
  t.notMatch(text, /127\.0\.0\.1|localhost/)
})
