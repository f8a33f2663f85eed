// The queue's side of folding. The job carries nothing; the sweep folds as well, so a lost job costs seconds.
import type { Database } from '../db/tenancy.js'
import type { Handler } from '../queue/registry.js'
import { foldFacts } from './fold.js'

export function adoptionFoldHandler({ db }: { db: Database }): Handler<'adoptionFold'> {
  return {
    queue: 'adoptionFold',
    async handle() {
      await foldFacts(db)
    },
  }
}
