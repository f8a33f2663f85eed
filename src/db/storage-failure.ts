// Is an error the database's being away or overloaded, so that the same request may work a little later?
// Says no for everything that the request itself caused.
import { sqlState } from './tenancy.js'

// Classes and codes of PostgreSQL's appendix A: connection, login, resources, no such database, shutdown,
// read-only after a failover, a time-out, and a race that was lost more often than it is retried.
const SQL_STATES = /^(08|28|53)...$|^(3D000|57P0[1-5]|57014|25006|55P03|40001|40P01)$/
const SOCKET_CODES = new Set(['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'ETIMEDOUT', 'EPIPE', 'EAI_AGAIN',
  'EHOSTUNREACH', 'ENETUNREACH'])
// node-postgres gives these no code.
const MESSAGES = [
  'Connection terminated',
  'timeout exceeded when trying to connect',
  'Client has encountered a connection error',
  'Client was closed and is not queryable',
  'Cannot use a pool after calling end on the pool',
]

export function isStorageFailure(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const code = sqlState(error)
  if (code !== undefined) return SQL_STATES.test(code) || SOCKET_CODES.has(code)
  return MESSAGES.some((start) => error.message.startsWith(start))
}
