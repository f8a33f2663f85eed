// The queue's side of settling: the doorbell of a shard. The job carries no money; the inbox is the truth.
import type { Handler } from '../queue/registry.js'
import { drainInbox } from './drain.js'
import type { DrainDeps } from './drain.js'

export function inboxHandler(deps: DrainDeps): Handler<'inbox'> {
  return {
    queue: 'inbox',
    async handle({ shard }) {
      await drainInbox(deps, shard)
    },
  }
}
