// The command line. It reads the environment, hands over to one function a command, and turns every expected
// problem into one sentence on stderr and exit code 1.
import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { Command, InvalidArgumentError } from 'commander'
import { SCOPES } from './access/actor.js'
import type { Scope } from './access/actor.js'
import { createToken } from './access/create-token.js'
import { createUserFromCommandLine } from './access/first-user.js'
import { ROLES } from './access/permission.js'
import type { Role } from './access/permission.js'
import { readConfig } from './config.js'
import { demoEnvironment, runDemo } from './demo/demo.js'
import { demoCode } from './demo/people.js'
import { PROVINCE_SCHOOLS } from './demo/province.js'
import { getSchool } from './directory/get-school.js'
import { describeImport, importRosterFile } from './directory/import-command.js'
import { DomainError } from './errors.js'
import { isUuid } from './http/id.js'
import { createLogger } from './http/log.js'
import { migrateDatabase } from './migrate-command.js'
import { writeOpenapi } from './openapi-command.js'
import { openRuntime } from './runtime.js'
import { serve, work } from './serve.js'
import { vietnamDay } from './time.js'
import { runVerify } from './verify/command.js'

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

program.command('demo')
  .description('make a sample province over HTTP, settle its payments, and serve it; data under ./.data/demo')
  .option('--exit', 'end when all is said, with exit code 1 when a figure does not add up', false)
  .option('--schools <count>', 'a smaller province; the same at every start', readCount, PROVINCE_SCHOOLS)
  .option('--school-year <year>', 'such as 2025-2026, of a province that is not made yet; default: that of today')
  .action(async (asked: { exit: boolean; schools: number; schoolYear?: string }) => {
    const terminal = process.stdout.isTTY ? process.stdout : undefined
    const holds = await runDemo(readConfig(demoEnvironment(process.env)), { ...asked, say: print, terminal })
    if (!holds) process.exitCode = 1
  })

program.command('demo-code')
  .description('the six digits that the sample people of the demo are asked for just now')
  .action(() => {
    const { code, secondsLeft } = demoCode(new Date())
    print(`${code}  (for ${secondsLeft} s)`)
  })

program.command('verify')
  .description('check the promises P1 to P9 on the database of the service, which may be running')
  .action(async () => {
    if (!await runVerify(readConfig(process.env), print)) process.exitCode = 1
  })

program.command('import')
  .description('take a school\'s list of students over from a CSV or XLSX file')
  .argument('<school-id>', 'the id of the school', readSchoolId)
  .argument('<file>', 'a CSV or XLSX file', readFilePath)
  .option('--school-year <year>', 'such as 2025-2026; default: that of today')
  .option('--enrol-from <day>', 'first day in a class that is new for the student, YYYY-MM-DD')
  .option('--dry-run', 'say what would happen, and write nothing')
  .action(importCommand)

program.command('token').description('API tokens')
  .command('create')
  .description('make a token and print it once')
  .requiredOption('--name <name>', 'what it is for')
  .requiredOption('--scopes <scopes>', `separated by commas, of: ${SCOPES.join(', ')}`, readScopes)
  .option('--school <id>', 'the only school that it may see')
  .option('--authority <id>', 'the only authority that it may see')
  .action(createTokenCommand)

program.command('user').description('people who sign in')
  .command('create')
  .description('make a person and print the password that holds until the first sign-in')
  .requiredOption('--login <name>', 'what is typed at the sign-in')
  .requiredOption('--name <name>', 'how pages call the person')
  .requiredOption('--role <role>', `one of: ${ROLES.join(', ')}`, readRole)
  .option('--school <id>', 'the school of the role')
  .option('--authority <id>', 'the authority of the role')
  .action(createUserCommand)

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

interface UserOptions {
  login: string
  name: string
  role: Role
  school?: string
  authority?: string
}

async function createUserCommand({ login, name, role, school, authority }: UserOptions): Promise<void> {
  const { deps, close } = await openRuntime(readConfig(process.env), createLogger({ level: 'silent' }))
  try {
    const { password } = await createUserFromCommandLine(deps, {
      loginName: login, displayName: name, role, schoolId: school, authorityId: authority,
    })
    print(password ?? '')
  } finally {
    await close()
  }
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

interface ImportCommandOptions {
  schoolYear?: string
  enrolFrom?: string
  dryRun?: boolean
}

/** Exit code 1 when rows were refused; the others are in all the same. */
async function importCommand(schoolId: string, file: string, options: ImportCommandOptions): Promise<void> {
  const { deps, close } = await openRuntime(readConfig(process.env), createLogger({ level: 'silent' }))
  try {
    await getSchool(deps, schoolId, vietnamDay(deps.now()))
    const result = await importRosterFile(deps, schoolId, file, options)
    for (const line of describeImport(result)) print(line)
    if (result.refused > 0) process.exitCode = 1
  } finally {
    await close()
  }
}

function readSchoolId(text: string): string {
  if (isUuid(text)) return text
  throw new InvalidArgumentError('is not the id of a school')
}

function readFilePath(text: string): string {
  if (existsSync(text)) return text
  throw new InvalidArgumentError('there is no such file')
}

const SCHOOLS_MAX = 2_000

function readCount(text: string): number {
  const count = Number(text)
  if (/^\d+$/.test(text) && count >= 1 && count <= SCHOOLS_MAX) return count
  throw new InvalidArgumentError(`must be a whole number from 1 to ${SCHOOLS_MAX}`)
}

function readScopes(text: string): Scope[] {
  return text.split(',').map((part) => part.trim()).map((part) => {
    const scope = SCOPES.find((known) => known === part)
    if (scope === undefined) throw new InvalidArgumentError(`"${part}" is none of ${SCOPES.join(', ')}`)
    return scope
  })
}

function readRole(text: string): Role {
  const role = ROLES.find((known) => known === text)
  if (role === undefined) throw new InvalidArgumentError(`is none of ${ROLES.join(', ')}`)
  return role
}

/** For what a command was asked for. */
function print(line: string): void {
  process.stdout.write(`${line}\n`)
}

// Logs go to stdout, a line of JSON each; what is said to people goes beside them.
function say(line: string): void {
  process.stderr.write(`${line}\n`)
}

function messageAndPlaces(error: unknown): string {
  return error instanceof Error ? error.stack ?? error.message : `a thrown ${typeof error}`
}

try {
  await program.parseAsync()
} catch (error) {
  // Its message and its places: PostgreSQL's details, which quote whole rows, stay out.
  say(error instanceof DomainError ? error.message : messageAndPlaces(error))
  process.exitCode = 1
}
