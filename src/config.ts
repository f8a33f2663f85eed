// What the environment asks for, read once and frozen. Every refusal is one sentence that names the variable
// and says what to do; no value of a secret is ever part of it.
import { isIP } from 'node:net'
import { DomainError } from './errors.js'
import { LIMITS } from './limits.js'
import type { Limits } from './limits.js'

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

export interface Config extends Limits {
  /** Undefined: the embedded default, a PostgreSQL of our own under `dataDir`. */
  readonly databaseUrl: string | undefined
  /** The owner of the schema, for `migrate` alone. */
  readonly databaseOwnerUrl: string | undefined
  /** A way to PostgreSQL that does not pass PgBouncer, for LISTEN. */
  readonly databaseDirectUrl: string | undefined
  /** A read replica for reports. */
  readonly reportsDatabaseUrl: string | undefined
  readonly redisUrl: string | undefined
  readonly host: string
  readonly port: number
  /** The address that parents and banks use, without a slash at the end. */
  readonly publicUrl: string
  /** Undefined on the embedded default: one is made and kept under `dataDir`. */
  readonly secretKey: string | undefined
  readonly bootstrapToken: string | undefined
  readonly dataDir: string
  readonly logLevel: LogLevel
  /** Addresses of the reverse proxies whose `X-Forwarded-For` is believed. */
  readonly trustedProxies: readonly string[]
  /** The organisation's own sign-in, beside the one by password. */
  readonly oidc: OidcConfig | undefined
}

export interface OidcConfig {
  readonly issuer: string
  readonly clientId: string
  readonly clientSecret: string
  /** As the button of the sign-in page calls it. */
  readonly name: string
  /** Whether `amr` of its ID tokens is believed when it says that a second factor was proved there. */
  readonly trustMfa: boolean
}

type Environment = Readonly<Record<string, string | undefined>>

const SECRET_MIN_CHARS = 16
const TOKEN_MIN_CHARS = 8

/**
 * Reads and checks the environment. Throws DomainError CONFIG_INVALID.
 *
 * PgBouncer in transaction mode cannot be seen from the client's side, so it is declared: `PGBOUNCER=1`, or
 * `pgbouncer=true` in the query of DATABASE_URL. BullMQ on PostgreSQL LISTENs, which such a pooler breaks; then
 * DATABASE_DIRECT_URL or REDIS_URL has to say where the queue can live.
 */
export function readConfig(environment: Environment): Config {
  const env = withoutBlanks(environment)
  const databaseUrl = readUrl(env, 'DATABASE_URL', POSTGRES)
  const databaseDirectUrl = readUrl(env, 'DATABASE_DIRECT_URL', POSTGRES)
  const redisUrl = readUrl(env, 'REDIS_URL', REDIS)
  if (isBehindPgBouncer(env, databaseUrl) && databaseDirectUrl === undefined && redisUrl === undefined) {
    refuse('DATABASE_DIRECT_URL or REDIS_URL is required behind PgBouncer: the job queue uses LISTEN, which a ' +
      'transaction pooler breaks; set one of them.')
  }
  const host = readHost(env)
  const port = readPort(env)
  return Object.freeze({
    ...LIMITS,
    bankTimeAheadDays: readDays(env, 'BANK_TIME_AHEAD_DAYS', LIMITS.bankTimeAheadDays),
    bankTimeBackDays: readDays(env, 'BANK_TIME_BACK_DAYS', LIMITS.bankTimeBackDays),
    databaseUrl,
    databaseOwnerUrl: readUrl(env, 'DATABASE_OWNER_URL', POSTGRES) ?? databaseDirectUrl ?? databaseUrl,
    databaseDirectUrl,
    reportsDatabaseUrl: readUrl(env, 'REPORTS_DATABASE_URL', POSTGRES),
    redisUrl,
    host,
    port,
    publicUrl: readPublicUrl(env) ?? `http://${hostInUrl(host)}:${port}`,
    secretKey: readSecretKey(env, databaseUrl),
    bootstrapToken: readBootstrapToken(env),
    dataDir: readDataDir(env),
    logLevel: readLogLevel(env),
    trustedProxies: readTrustedProxies(env),
    oidc: readOidc(env),
  })
}

function refuse(sentence: string): never {
  throw new DomainError('CONFIG_INVALID', sentence)
}

/** `PORT=` in a shell or a compose file means "not set". */
function withoutBlanks(environment: Environment): Environment {
  return Object.fromEntries(Object.entries(environment).filter(([, value]) => value?.trim() !== ''))
}

interface UrlKind {
  protocols: readonly string[]
  example: string
}
const POSTGRES: UrlKind = {
  protocols: ['postgres:', 'postgresql:'],
  example: 'postgres://service:password@db.example/school_fees',
}
const REDIS: UrlKind = { protocols: ['redis:', 'rediss:'], example: 'redis://cache.example:6379' }
const OIDC: UrlKind = { protocols: ['http:', 'https:'], example: 'https://login.example.vn' }
const HTTP: UrlKind = { protocols: ['http:', 'https:'], example: 'https://fees.example.vn' }

function readUrl(env: Environment, name: string, { protocols, example }: UrlKind): string | undefined {
  const text = env[name]
  if (text === undefined) return undefined
  if (!URL.canParse(text) || !protocols.includes(new URL(text).protocol) || !isWhole(new URL(text))) {
    refuse(`${name} is not an address of the form ${example}; correct it.`)
  }
  return text
}

/** With a host, and with nothing in it that cannot be decoded: drivers stumble over that much later. */
function isWhole({ hostname, username, password, pathname }: URL): boolean {
  try {
    for (const part of [username, password, pathname]) decodeURIComponent(part)
  } catch {
    return false
  }
  return hostname !== ''
}

/** Paths are put behind it. */
function readPublicUrl(env: Environment): string | undefined {
  const url = readUrl(env, 'PUBLIC_URL', HTTP)
  if (url === undefined) return undefined
  const { search, hash, username, password } = new URL(url)
  if (search + hash + username + password !== '') {
    refuse(`PUBLIC_URL may hold a host and a path only, as in ${HTTP.example}; take the rest away.`)
  }
  return url.replace(/\/+$/, '')
}

/** A name or an address, as a server listens on it: no scheme, no port, no path. */
function readHost(env: Environment): string {
  const host = env['HOST'] ?? '127.0.0.1'
  const isName = /^[a-z\d]([a-z\d._-]*[a-z\d])?$/i.test(host) && !/^[\d.]+$/.test(host)
  if (isIP(host) === 0 && !isName) {
    refuse('HOST must be the name or the address of a network of this machine, as 127.0.0.1 or 0.0.0.0; correct it.')
  }
  return host
}

function readDataDir(env: Environment): string {
  const folder = env['DATA_DIR'] ?? './.data'
  if (folder.includes('\0')) refuse('DATA_DIR is no path of a folder; correct it.')
  return folder
}

/** What `@fastify/proxy-addr` gives names to. */
const PROXY_NAMES: ReadonlySet<string> = new Set(['loopback', 'linklocal', 'uniquelocal'])

function readTrustedProxies(env: Environment): string[] {
  const parts = (env['TRUST_PROXY'] ?? '').split(',').map((part) => part.trim()).filter((part) => part !== '')
  const wrong = parts.find((part) => !PROXY_NAMES.has(part) && !isNetwork(part))
  if (wrong !== undefined) {
    refuse('TRUST_PROXY must hold addresses or networks of reverse proxies, separated by commas, as ' +
      `10.0.0.5 or 10.0.0.0/24 (not ${JSON.stringify(wrong.slice(0, 50))}); correct it.`)
  }
  return parts
}

function isNetwork(text: string): boolean {
  const [address = '', prefix, ...rest] = text.split('/')
  const version = isIP(address)
  if (version === 0 || address.includes('%') || rest.length > 0) return false
  if (prefix === undefined) return true
  return /^\d{1,3}$/.test(prefix) && Number(prefix) >= 1 && Number(prefix) <= (version === 4 ? 32 : 128)
}

function isBehindPgBouncer(env: Environment, databaseUrl: string | undefined): boolean {
  const declared = env['PGBOUNCER']
  if (declared !== undefined && !['0', '1'].includes(declared)) refuse('PGBOUNCER must be 1 or 0; correct it.')
  if (declared !== undefined) return declared === '1'
  return databaseUrl !== undefined && new URL(databaseUrl).searchParams.get('pgbouncer') === 'true'
}

function readPort(env: Environment): number {
  const text = env['PORT'] ?? '3000'
  const port = Number(text)
  if (!/^\d{1,5}$/.test(text) || port > 65_535) refuse('PORT must be a whole number from 0 to 65535; correct it.')
  return port
}

function readDays(env: Environment, name: string, fallback: number): number {
  const text = env[name] ?? String(fallback)
  if (!/^\d{1,4}$/.test(text)) refuse(`${name} must be a whole number of days from 0 to 9999; correct it.`)
  return Number(text)
}

function hostInUrl(host: string): string {
  if (host === '0.0.0.0' || host === '::') return 'localhost'
  return host.includes(':') ? `[${host}]` : host
}

function readSecretKey(env: Environment, databaseUrl: string | undefined): string | undefined {
  const secret = env['SECRET_KEY']
  if (secret === undefined && databaseUrl !== undefined) {
    refuse('SECRET_KEY is required together with DATABASE_URL: set it to a long random text ' +
      '(openssl rand -base64 32) and keep it, because the secrets of bank channels are sealed with it.')
  }
  if (secret !== undefined && secret.length < SECRET_MIN_CHARS) {
    refuse(`SECRET_KEY is shorter than ${SECRET_MIN_CHARS} characters; make one with: openssl rand -base64 32`)
  }
  return secret
}

function readBootstrapToken(env: Environment): string | undefined {
  const token = env['BOOTSTRAP_TOKEN']
  if (token !== undefined && !/^[\x21-\x7e]+$/.test(token)) {
    refuse('BOOTSTRAP_TOKEN may hold visible ASCII characters only; correct it.')
  }
  if (token !== undefined && token.length < TOKEN_MIN_CHARS) {
    refuse(`BOOTSTRAP_TOKEN is shorter than ${TOKEN_MIN_CHARS} characters; make one with: openssl rand -hex 24`)
  }
  return token
}

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]'])

function readOidc(env: Environment): OidcConfig | undefined {
  const issuer = readUrl(env, 'OIDC_ISSUER', OIDC)
  const [clientId, clientSecret] = [env['OIDC_CLIENT_ID'], env['OIDC_CLIENT_SECRET']]
  if (issuer === undefined) {
    const alone = ['OIDC_CLIENT_ID', 'OIDC_CLIENT_SECRET', 'OIDC_NAME', 'OIDC_TRUST_MFA'].find((name) => env[name] !== undefined)
    if (alone !== undefined) refuse(`OIDC_ISSUER is required together with ${alone}; set it, or unset ${alone}.`)
    return undefined
  }
  if (clientId === undefined || clientSecret === undefined) {
    refuse('OIDC_CLIENT_ID and OIDC_CLIENT_SECRET are required together with OIDC_ISSUER; set both.')
  }
  const { protocol, hostname } = new URL(issuer)
  if (protocol === 'http:' && !LOOPBACK.has(hostname)) {
    refuse('OIDC_ISSUER must be an https address: who signs in there is believed here.')
  }
  const trust = env['OIDC_TRUST_MFA'] ?? '0'
  if (!['0', '1'].includes(trust)) refuse('OIDC_TRUST_MFA must be 1 or 0; correct it.')
  return { issuer, clientId, clientSecret, name: env['OIDC_NAME'] ?? new URL(issuer).host, trustMfa: trust === '1' }
}

function readLogLevel(env: Environment): LogLevel {
  const text = env['LOG_LEVEL'] ?? 'info'
  return LOG_LEVELS.find((level) => level === text) ?? refuse(`LOG_LEVEL must be one of ${LOG_LEVELS.join(', ')}.`)
}
