// Writes the Kysely types of every table from a migrated database. test/db/tables.test.ts fails when
// src/db/tables.ts differs from what this makes, so that types and migrations cannot drift apart.
import pg from 'pg'

const TYPES: Record<string, string> = {
  uuid: 'string',
  text: 'string',
  'text[]': 'string[]',
  bigint: 'number',
  integer: 'number',
  smallint: 'number',
  boolean: 'boolean',
  bytea: 'Buffer',
  date: 'Day',
  jsonb: 'Json',
  'timestamp with time zone': 'Date',
}

interface Column {
  table_name: string
  column_name: string
  type: string
  nullable: boolean
  has_default: boolean
  always: boolean
}

const COLUMNS = `
  SELECT c.relname AS table_name, a.attname AS column_name, format_type(a.atttypid, a.atttypmod) AS type,
    NOT a.attnotnull AS nullable, a.atthasdef AS has_default, a.attgenerated <> '' AS always
  FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
  WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
    AND c.relname NOT LIKE 'kysely%'
  ORDER BY c.relname, a.attnum`

const CHECKS = `
  SELECT c.relname AS table_name, pg_get_constraintdef(k.oid) AS definition
  FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
  WHERE k.contype = 'c' AND c.relnamespace = 'public'::regnamespace`

export async function generateTables(ownerUrl: string): Promise<string> {
  const client = new pg.Client({ connectionString: ownerUrl })
  await client.connect()
  try {
    const columns = (await client.query<Column>(COLUMNS)).rows
    const checks = (await client.query<{ table_name: string; definition: string }>(CHECKS)).rows
    const choices = new Map<string, string>()
    for (const { table_name, definition } of checks) {
      const list = /^CHECK \(\((\w+) = ANY \(ARRAY\[((?:'[^']*'::text(?:, )?)+)\]\)\)\)$/.exec(definition)
      if (!list?.[1] || !list[2]) continue
      choices.set(`${table_name}.${list[1]}`, list[2].replaceAll('::text', '').replaceAll(', ', ' | '))
    }
    return render(columns, choices)
  } finally {
    await client.end()
  }
}

function render(columns: readonly Column[], choices: ReadonlyMap<string, string>): string {
  const tables = new Map<string, string[]>()
  for (const column of columns) {
    const key = `${column.table_name}.${column.column_name}`
    const base = choices.get(key) ?? TYPES[column.type]
    if (base === undefined) throw new Error(`no TypeScript type for ${column.type} of ${key}`)
    const type = column.nullable ? `${base} | null` : base
    const wrapped = column.always ? `GeneratedAlways<${type}>` : column.has_default ? `Generated<${type}>` : type
    const lines = tables.get(column.table_name) ?? []
    lines.push(`  ${column.column_name}: ${wrapped}`)
    tables.set(column.table_name, lines)
  }
  const head = `// The tables as Kysely sees them, one interface each, generated from the migrations by
// test/support/generate-tables.ts: change a migration, then run \`npm run tables\`. bigint columns arrive as safe
// integers and dates as \`YYYY-MM-DD\` (src/db/pool.ts).
import type { ColumnType, Generated, GeneratedAlways } from 'kysely'
import type { Day } from '../time.js'

/** Written and read as a value: whatever writes it makes the text. */
export type Json = ColumnType<object, object, object>
`
  const parts = [...tables].map(([name, lines]) => `export interface ${pascal(name)}Table {\n${lines.join('\n')}\n}\n`)
  const index = [...tables.keys()].map((name) => `  ${name}: ${pascal(name)}Table`).join('\n')
  return `${head}\n${parts.join('\n')}\nexport interface Tables {\n${index}\n}\n`
}

function pascal(name: string): string {
  return name.replace(/(^|_)(\w)/g, (_all, _gap, letter: string) => letter.toUpperCase())
}
