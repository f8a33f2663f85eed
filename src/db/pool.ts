// Makes the node-postgres pool and the Kysely over it. Money arrives as a checked safe integer and a
// date as text: nothing here may turn a bigint into a float or a day into an instant.
import assert from 'node:assert/strict'
import pg from 'pg'
import { CompiledQuery, Kysely, PostgresDialect, PostgresDriver } from 'kysely'
import type { DatabaseConnection, PostgresDialectConfig } from 'kysely'
import { SteadyClient } from './client.js'
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
    Client: SteadyClient,
    connectionString: options.url,
    max: options.maxConnections,
    connectionTimeoutMillis: options.connectTimeoutMs,
    keepAlive: true,
    types,
  })
  // An idle connection that breaks must not end the process; the next query opens another.
  pool.on('error', options.onError)
  return pool
}

export function openKysely(pool: pg.Pool): Kysely<Tables> {
  return new Kysely<Tables>({ dialect: new CommittingDialect({ pool }) })
}

/**
 * PostgreSQL answers the COMMIT of a transaction that an error has ended with ROLLBACK and no error, and Kysely takes
 * that for stored. An empty statement on the same round trip is refused there with 25P02, so that nothing whose error
 * was caught inside a transaction ever passes for committed.
 */
class CommittingDriver extends PostgresDriver {
  override async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('select; commit'))
  }
}

class CommittingDialect extends PostgresDialect {
  constructor(private readonly config: PostgresDialectConfig) {
    super(config)
  }

  override createDriver(): CommittingDriver {
    return new CommittingDriver(this.config)
  }
}
