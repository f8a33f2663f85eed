// The command line's import: the same use case as the route, on a file of this machine.
import { createReadStream } from 'node:fs'
import type { Actor } from '../access/actor.js'
import type { DirectoryDeps } from './directory-deps.js'
import { importRoster } from './import-roster.js'
import type { ImportOptions, ImportResult } from './import-roster.js'
import { placeText } from './roster-rows.js'

export const IMPORT_ACTOR: Actor = {
  name: 'import',
  grants: [{ scopes: ['directory:write'], schoolId: null, authorityId: null }],
  address: null,
}

export async function importRosterFile(
  deps: DirectoryDeps,
  schoolId: string,
  path: string,
  options: ImportOptions = {},
): Promise<ImportResult> {
  return importRoster(deps, IMPORT_ACTOR, schoolId, createReadStream(path), options)
}

/** What the command prints: the counts, then one line a fault. Never a child's name. */
export function describeImport(result: ImportResult): string[] {
  const {
    rows, created, updated, unchanged, refused, moved, missing, faults, skippedSheets, schoolYear, columns,
  } = result
  return [
    `${schoolYear}: ${rows} rows: ${created} created, ${updated} updated (${moved} moved), ` +
      `${unchanged} unchanged, ${refused} refused; ${missing} students are not in the file`,
    ...skippedSheets.map((sheet) => `the sheet "${sheet}" holds no list, or is hidden, and was left out`),
    ...(columns.unread.length > 0 ? [`columns that were not read: ${columns.unread.join(', ')}`] : []),
    ...faults.map(
      ({ column, reason, ...place }) => `${placeText(place)}${column === null ? '' : `, ${column}`}: ${reason}`,
    ),
  ]
}
