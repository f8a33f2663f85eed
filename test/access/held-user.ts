// Races about one person: their row is held from a connection of the test, as any change of the person holds it, until
// both who race wait for it in the order that the test wants.
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import type { TestDatabase } from '../support/database.js'

/** What both came to. `first` goes on first, and `second` only after it. */
export async function raceForUser<A, B>(
  { ownerUrl }: TestDatabase, userId: string, first: () => Promise<A>, second: () => Promise<B>,
): Promise<[A, B]> {
  const client = new pg.Client({ connectionString: ownerUrl })
  await client.connect()
  try {
    await client.query('BEGIN')
    await client.query('SELECT FROM app_user WHERE id = $1 FOR UPDATE', [userId])
    const one = first()
    await untilWaiting(client, 1)
    const other = second()
    await untilWaiting(client, 2)
    await client.query('COMMIT')
    return await Promise.all([one, other])
  } finally {
    await client.end()
  }
}

async function untilWaiting(client: pg.Client, count: number): Promise<void> {
  for (let tries = 0; tries < 20_000; tries++) {
    // Inside a transaction the view stays as it was first seen.
    await client.query('SELECT pg_stat_clear_snapshot()')
    const { rowCount } = await client.query(`SELECT FROM pg_stat_activity
      WHERE datname = current_database() AND wait_event_type = 'Lock'`)
    if (rowCount === count) return
    await delay(10)
  }
  throw new Error(`it never came to ${count} who wait for the person`)
}
