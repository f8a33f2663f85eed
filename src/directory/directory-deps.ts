// What the use cases of the directory are built from: the database and the clock, and no more.
import type { Deps } from '../deps.js'

export type DirectoryDeps = Pick<Deps, 'db' | 'now'>
