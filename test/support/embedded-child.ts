// Stands for a service on the embedded default, to be killed by tests: says the owner's URL when the database
// is up, and on Ctrl-C takes its time, asks the database once more, and only then stops it.
import pg from 'pg'
import { startEmbedded } from '../../src/db/embedded.js'

const log = { info: console.error, warn: console.error }
const server = await startEmbedded({ dataDir: process.argv[2] ?? '', log })
console.log(server.ownerUrl)

// Its input is held by the test, so it cannot outlive one that is killed.
process.stdin.on('close', () => process.exit(1)).resume()
process.once('SIGINT', () => setTimeout(() => void finish(), 500))

async function finish(): Promise<void> {
  const client = new pg.Client({ connectionString: server.ownerUrl })
  await client.connect()
  await client.query('SELECT 1')
  await client.end()
  console.log('finished its work')
  await server.stop()
  process.exit()
}
