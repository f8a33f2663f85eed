// Makes the node-postgres pool and the Kysely over it. Money arrives as a checked safe integer and a
// date as text: nothing here may turn a bigint into a float or a day into an instant.
import assert from 'node:assert/strict'
import pg from 'pg'
import { Kysely, PostgresDialect } from 'kysely'
import type { Tables } from './tables.js'

const INT8 = 20
const DATE = 1082

function parseInt8(text: string): number {
  const value = Number(text)
  assert(Number.isSafeInteger(value), `bigint ${text} from the database is not a safe integer`)
  return value
}

const types: pg.CustomTypesConfig = {
  getTypeParser(oid: number, format?: 'text' | 'binary'): (text: string) => unknown {
    if (oid === INT8) return parseInt8
    if (oid === DATE) return (text) => text
    return pg.types.getTypeParser(oid, format) as (text: string) => unknown
  },
}

export interface PoolOptions {
  url: string
  maxConnections: number
  connectTimeoutMs: number
  onError: (error: Error) => void
}

export function openPool(options: PoolOptions): pg.Pool {
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.maxConnections,
    connectionTimeoutMillis: options.connectTimeoutMs,
    types,
  })
  // An idle connection that breaks must not end the process; the next query opens another.
  pool.on('error', options.onError)
  return pool
}

export function openKysely(pool: pg.Pool): Kysely<Tables> {
  return new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) })
}
