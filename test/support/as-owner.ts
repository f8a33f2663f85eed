// For tests that break the database in a way the service itself has no right to.
import pg from 'pg'
import type { TestDatabase } from './database.js'

export async function asOwner({ ownerUrl }: Pick<TestDatabase, 'ownerUrl'>, text: string): Promise<void> {
  const client = new pg.Client({ connectionString: ownerUrl })
  await client.connect()
  try {
    await client.query(text)
  } finally {
    await client.end()
  }
}
