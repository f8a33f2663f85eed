// The program behind `npm run tables`: migrates an empty database and writes src/db/tables.ts from it.
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { migrate } from '../../src/db/migrate.js'
import { projectRoot } from '../../src/db/migrations-dir.js'
import { generateTables } from './generate-tables.js'
import { startThrowawayServer } from './server.js'

const server = await startThrowawayServer()
try {
  await migrate(server.ownerUrl)
  await writeFile(path.join(projectRoot, 'src/db/tables.ts'), await generateTables(server.ownerUrl))
} finally {
  await server.stop()
}
