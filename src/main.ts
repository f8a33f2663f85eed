// The command line. It reads the environment, hands over to one function a command, and turns every expected
// problem into one sentence on stderr and exit code 1.
import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { Command, InvalidArgumentError } from 'commander'
import { SCOPES } from './access/actor.js'
import type { Scope } from './access/actor.js'
import { createToken } from './access/create-token.js'
import { readConfig } from './config.js'
import { DomainError } from './errors.js'
import { createLogger } from './http/log.js'
import { migrateDatabase } from './migrate-command.js'
import { writeOpenapi } from './openapi-command.js'
import { openRuntime } from './runtime.js'
import { serve, work } from './serve.js'

const program = new Command('school-fees')
  .description('Cashless school fees for Vietnam. Settings come from the environment; see the README.')

program.command('serve', { isDefault: true })
  .description('serve HTTP; with nothing configured, on an embedded database and with the worker inside')
  .option('--no-worker', 'leave posting to separate worker processes')
  .action(async ({ worker }: { worker: boolean }) => {
    await serve(readConfig(process.env), { worker, say })
  })

program.command('worker')
  .description('post payments and do background work, without HTTP')
  .action(async () => { await work(readConfig(process.env), say) })

program.command('migrate')
  .description('bring the database of DATABASE_URL to this version, as its owner (DATABASE_OWNER_URL)')
  .action(async () => { await migrateDatabase(readConfig(process.env), say) })

program.command('token').description('API tokens')
  .command('create')
  .description('make a token and print it once')
  .requiredOption('--name <name>', 'what it is for')
  .requiredOption('--scopes <scopes>', `separated by commas, of: ${SCOPES.join(', ')}`, readScopes)
  .option('--school <id>', 'the only school that it may see')
  .option('--authority <id>', 'the only authority that it may see')
  .action(createTokenCommand)

program.command('openapi')
  .description('write the OpenAPI document; needs no database')
  .requiredOption('--out <file>', 'where to write it')
  .action(async ({ out }: { out: string }) => {
    await mkdir(path.dirname(out), { recursive: true })
    await writeFile(out, await writeOpenapi())
  })

interface TokenOptions {
  name: string
  scopes: Scope[]
  school?: string
  authority?: string
}

async function createTokenCommand({ name, scopes, school, authority }: TokenOptions): Promise<void> {
  const { deps, close } = await openRuntime(readConfig(process.env), createLogger({ level: 'silent' }))
  try {
    const { token } = await createToken(deps.db, { name: 'command-line', address: null }, {
      name, scopes,
      ...(school === undefined ? {} : { schoolId: school }),
      ...(authority === undefined ? {} : { authorityId: authority }),
    }, deps.now())
    process.stdout.write(`${token}\n`)
  } finally {
    await close()
  }
}

function readScopes(text: string): Scope[] {
  return text.split(',').map((part) => part.trim()).map((part) => {
    const scope = SCOPES.find((known) => known === part)
    if (scope === undefined) throw new InvalidArgumentError(`"${part}" is none of ${SCOPES.join(', ')}`)
    return scope
  })
}

// Logs go to stdout, a line of JSON each; what is said to people goes beside them.
function say(line: string): void {
  process.stderr.write(`${line}\n`)
}

try {
  await program.parseAsync()
} catch (error) {
  if (!(error instanceof DomainError)) throw error
  say(error.message)
  process.exitCode = 1
}
