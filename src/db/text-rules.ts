// Refuses a database whose text cannot be searched in Vietnamese. The search takes the small letter of Đ from the
// database's own locale, and its indexes are built with it, so the locale has to be right before the first row.
import type pg from 'pg'
import { DomainError } from '../errors.js'

/**
 * Throws DATABASE_LOCALE with one sentence for the operator. The encoding and the locale are given when a database is
 * made and stay (PostgreSQL 18 §23.1, §23.3); C.UTF-8 of libc, the builtin C.UTF-8 of 17 and ICU all know the letter.
 */
export async function assertVietnameseText(pool: pg.Pool): Promise<void> {
  const { rows: [server] } = await pool.query<{ server_encoding: string }>('SHOW server_encoding')
  if (server?.server_encoding === 'UTF8') {
    const { rows: [found] } = await pool.query<{ small: string }>(`SELECT lower('Đ') AS small`)
    if (found?.small === 'đ') return
  }
  throw new DomainError('DATABASE_LOCALE', 'The database does not know the small letter of Đ, so no search would find ' +
    'such names: make it anew with createdb --encoding UTF8 --template template0 --locale-provider libc --locale C.UTF-8.')
}
