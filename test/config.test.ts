import t from 'tap'
import { createSecretBox } from '../src/access/secret-box.js'
import { isSameToken, makeToken } from '../src/access/token.js'
import { readConfig } from '../src/config.js'
import { DomainError } from '../src/errors.js'

const SECRET_KEY = 'a secret key that is long enough'
const DATABASE_URL = 'postgres://service:hunter2@db.example/school_fees'

function refusal(environment: Record<string, string>): string {
  try {
    readConfig(environment)
  } catch (error) {
    if (error instanceof DomainError && error.code === 'CONFIG_INVALID') return error.message
    throw error
  }
  return 'accepted'
}

t.test('configuration', async (t) => {
  t.test('nothing set is the embedded default on this machine alone', async (t) => {
    const config = readConfig({})
    t.match(config, {
      databaseUrl: undefined, redisUrl: undefined, host: '127.0.0.1', port: 3000, dataDir: './.data',
      publicUrl: 'http://127.0.0.1:3000', bodyLimitBytes: 262_144, pageSizeMax: 200, ingestQueueLength: 5_000,
    })
    t.ok(Object.isFrozen(config))
  })

  t.test('a blank variable is one that is not set', async (t) => {
    t.match(readConfig({ PORT: '', DATABASE_URL: ' ', REDIS_URL: '' }), { port: 3000, databaseUrl: undefined })
  })

  t.test('a bank time is believed a day ahead and 60 days back, or as the environment says', async (t) => {
    t.match(readConfig({}), { bankTimeAheadDays: 1, bankTimeBackDays: 60 })
    const wide = readConfig({ BANK_TIME_AHEAD_DAYS: '0', BANK_TIME_BACK_DAYS: '400' })
    t.match(wide, { bankTimeAheadDays: 0, bankTimeBackDays: 400 })
    for (const name of ['BANK_TIME_AHEAD_DAYS', 'BANK_TIME_BACK_DAYS']) {
      for (const text of ['-1', '1.5', 'a week', '10000']) t.match(refusal({ [name]: text }), new RegExp(`^${name} must be`))
    }
  })

  t.test('the owner defaults to the direct address, then to the service\'s own', async (t) => {
    const env = { DATABASE_URL, SECRET_KEY }
    t.equal(readConfig(env).databaseOwnerUrl, DATABASE_URL)
    const direct = 'postgres://service@direct.example/school_fees'
    t.equal(readConfig({ ...env, DATABASE_DIRECT_URL: direct }).databaseOwnerUrl, direct)
    const owner = 'postgres://owner@direct.example/school_fees'
    t.equal(readConfig({ ...env, DATABASE_OWNER_URL: owner }).databaseOwnerUrl, owner)
  })

  t.test('PUBLIC_URL loses its last slash, so that paths can be put behind it', async (t) => {
    t.equal(readConfig({ PUBLIC_URL: 'https://fees.example.vn/' }).publicUrl, 'https://fees.example.vn')
  })

  const faults: [Record<string, string>, RegExp][] = [
    [{ DATABASE_URL }, /^SECRET_KEY is required together with DATABASE_URL/],
    [{ DATABASE_URL: 'mysql://x', SECRET_KEY }, /^DATABASE_URL is not an address of the form postgres:/],
    [{ REDIS_URL: 'localhost' }, /^REDIS_URL is not an address of the form redis:/],
    [{ PUBLIC_URL: 'fees.example.vn' }, /^PUBLIC_URL is not an address of the form https:/],
    [{ DATABASE_URL, SECRET_KEY, PGBOUNCER: '1' }, /^DATABASE_DIRECT_URL or REDIS_URL is required behind PgBouncer/],
    [{ DATABASE_URL: `${DATABASE_URL}?pgbouncer=true`, SECRET_KEY }, /behind PgBouncer/],
    [{ PGBOUNCER: 'yes' }, /^PGBOUNCER must be 1 or 0/],
    [{ PORT: '3000x' }, /^PORT must be a whole number/],
    [{ PORT: '70000' }, /^PORT must be a whole number/],
    [{ SECRET_KEY: 'short' }, /^SECRET_KEY is shorter than/],
    [{ BOOTSTRAP_TOKEN: 'short' }, /^BOOTSTRAP_TOKEN is shorter than/],
    [{ BOOTSTRAP_TOKEN: 'with a space in it' }, /^BOOTSTRAP_TOKEN may hold visible ASCII/],
    [{ LOG_LEVEL: 'loud' }, /^LOG_LEVEL must be one of/],
    ...['true', '1', 'nginx', '10.0.0.0/99', '10.0.0.0/0', '10.0.0.256', '::1/129', '10.0.0.1/8/8', 'fe80::1%eth0']
      .map((TRUST_PROXY): [Record<string, string>, RegExp] => [{ TRUST_PROXY }, /^TRUST_PROXY must hold addresses/]),
    [{ TRUST_PROXY: '10.0.0.1, nginx' }, /^TRUST_PROXY .*"nginx"/],
    ...['http://127.0.0.1', '127.0.0.1:3000', '0.0.0', '300.1.1.1', 'a b', '/run/socket']
      .map((HOST): [Record<string, string>, RegExp] => [{ HOST }, /^HOST must be the name or the address/]),
    [{ PUBLIC_URL: 'https://fees.example.vn/?a=1' }, /^PUBLIC_URL may hold a host and a path only/],
    [{ PUBLIC_URL: 'https://:443' }, /^PUBLIC_URL is not an address/],
    [{ DATA_DIR: 'a\0b' }, /^DATA_DIR is no path/],
    ...['DATABASE_URL', 'DATABASE_OWNER_URL', 'DATABASE_DIRECT_URL', 'REPORTS_DATABASE_URL'].flatMap((name) =>
      ['postgres:///school_fees', 'postgres://service:100%@db.example/fees', 'db.example/fees']
        .map((url): [Record<string, string>, RegExp] =>
          [{ SECRET_KEY, [name]: url }, new RegExp(`^${name} is not an address of the form postgres:`)])),
    [{ REDIS_URL: 'redis://:100%@cache.example' }, /^REDIS_URL is not an address/],
    [{ OIDC_ISSUER: 'login.example.vn' }, /^OIDC_ISSUER is not an address of the form https:/],
    [{ OIDC_ISSUER: 'https://login.example.vn' }, /^OIDC_CLIENT_ID and OIDC_CLIENT_SECRET are required/],
    [{ OIDC_CLIENT_ID: 'fees' }, /^OIDC_ISSUER is required together with OIDC_CLIENT_ID/],
    [{ OIDC_ISSUER: 'http://login.example.vn', OIDC_CLIENT_ID: 'a', OIDC_CLIENT_SECRET: 'b' }, /^OIDC_ISSUER must be an https/],
    [{ OIDC_ISSUER: 'https://login.example.vn', OIDC_CLIENT_ID: 'a', OIDC_CLIENT_SECRET: 'b', OIDC_TRUST_MFA: 'yes' },
      /^OIDC_TRUST_MFA must be 1 or 0/],
  ]
  for (const [environment, sentence] of faults) {
    t.test(`${JSON.stringify(environment).slice(0, 60)} is refused in one sentence`, async (t) => {
      const message = refusal(environment)
      t.match(message, sentence)
      t.notMatch(message, /hunter2|\n/)
    })
  }

  t.test('proxies are addresses, networks, or the names of networks', async (t) => {
    const trusted = '10.0.0.5, 10.0.0.0/24,::1,fd00::/8, loopback'
    t.same(readConfig({ TRUST_PROXY: trusted }).trustedProxies, ['10.0.0.5', '10.0.0.0/24', '::1', 'fd00::/8', 'loopback'])
  })

  t.test('it listens on names and addresses', async (t) => {
    for (const HOST of ['127.0.0.1', '0.0.0.0', '::', '::1', 'localhost', 'fees-1.example.vn']) {
      t.equal(readConfig({ HOST }).host, HOST)
    }
  })

  t.test('behind PgBouncer a direct address or Redis will do', async (t) => {
    const env = { DATABASE_URL, SECRET_KEY, PGBOUNCER: '1' }
    t.equal(refusal({ ...env, DATABASE_DIRECT_URL: DATABASE_URL }), 'accepted')
    t.equal(refusal({ ...env, REDIS_URL: 'redis://localhost' }), 'accepted')
  })
})

t.test('secret box', async (t) => {
  const box = createSecretBox(SECRET_KEY)
  const sealed = box.seal('whsec_ä', 'school 1 channel 2')

  t.test('a sealed secret opens with the same key and context, and is never sealed twice alike', async (t) => {
    t.equal(createSecretBox(SECRET_KEY).open(sealed, 'school 1 channel 2'), 'whsec_ä')
    t.notOk(box.seal('whsec_ä', 'school 1 channel 2').equals(sealed))
    t.notMatch(sealed.toString('latin1'), 'whsec')
  })

  t.test('another key, another context, or a changed byte does not open it', async (t) => {
    const unreadable = { code: 'SECRET_UNREADABLE' }
    t.throws(() => createSecretBox('another secret key').open(sealed, 'school 1 channel 2'), unreadable)
    t.throws(() => box.open(sealed, 'school 1 channel 3'), unreadable)
    for (let at = 0; at < sealed.length; at++) {
      const changed = Buffer.from(sealed)
      changed[at] = (changed[at] ?? 0) ^ 1
      t.throws(() => box.open(changed, 'school 1 channel 2'), unreadable, `byte ${at}`)
    }
    t.throws(() => box.open(Buffer.alloc(0), 'x'), unreadable)
  })

  t.test('a key derived for one purpose differs from that of another', async (t) => {
    t.ok(box.deriveKey('a').equals(createSecretBox(SECRET_KEY).deriveKey('a')))
    t.notOk(box.deriveKey('a').equals(box.deriveKey('b')))
  })
})

t.test('tokens are 256 random bits with a prefix, and compare by content', async (t) => {
  const token = makeToken()
  t.match(token, /^sft_[\w-]{43}$/)
  t.not(makeToken(), token)
  t.ok(isSameToken(token, `${token}`))
  t.notOk(isSameToken(token, `${token}x`))
})
