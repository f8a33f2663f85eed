// What are the people called that decided something? By primary keys; programs and rules keep the name they act under.
import { sql } from 'kysely'
import type { Database } from '../../db/tenancy.js'
import type { Lang } from '../text.js'

/** Display name by actor, as rows name it (`user:<id>`). */
export async function readActorNames(db: Database, actors: readonly (string | null)[]): Promise<Map<string, string>> {
  const ids = [...new Set(actors.flatMap((actor) => /^user:([0-9a-f-]{36})$/.exec(actor ?? '')?.[1] ?? []))]
  if (ids.length === 0) return new Map()
  const rows = await db.asService((trx) => trx.selectFrom('app_user').select(['id', 'display_name'])
    .where('id', '=', sql<string>`ANY (${ids}::uuid[])`).execute())
  return new Map(rows.map(({ id, display_name: name }) => [`user:${id}`, name]))
}

const MACHINES: Readonly<Record<string, Readonly<Record<Lang, string>>>> = {
  rule: { vi: 'Tự động', en: 'Automatic' },
  token: { vi: 'Chương trình', en: 'A program' },
  parent: { vi: 'Phụ huynh', en: 'A parent' },
  bootstrap: { vi: 'Quản trị hệ thống', en: 'System' },
}

export function actorText(actor: string | null, names: ReadonlyMap<string, string>, lang: Lang): string {
  if (actor === null) return ''
  return names.get(actor) ?? MACHINES[actor.split(':')[0] ?? '']?.[lang] ?? actor
}
