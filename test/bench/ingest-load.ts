// The callers of the ingest benchmark, in a process of their own: reads a Load from standard input, makes and signs
// all bodies first, sends each exactly once, and prints how many a second were acknowledged.
import assert from 'node:assert/strict'
import { json } from 'node:stream/consumers'
import autocannon from 'autocannon'
import { SUCCESS_ACK } from '../../src/banking/adapter.js'
import { signSepay } from '../../src/banking/adapters/sepay.js'
import { sepayBody } from '../support/callbacks.js'
import { CHANNEL_SECRET } from './ingest-sides.js'
import type { Load } from './ingest-sides.js'

console.log(await send(await json(process.stdin) as Load))

async function send({ url, channels, firstId, callbacks, connections }: Load): Promise<number> {
  const perConnection = Math.ceil(callbacks / connections)
  const timestamp = String(Math.floor(Date.now() / 1000))
  let id = firstId
  const nextRequest = (): autocannon.Request => {
    const channel = channels[id % channels.length]
    assert(channel, 'there is a channel')
    const { channelId, accountNumber } = channel
    const content = `MBVCB.${id}.ZF${id}.CT tu 0761002380668 NGUYEN VAN A toi ${accountNumber} tai MB`
    const body = sepayBody({ id: ++id, accountNumber, content, amountVnd: 300_000 + (id % 1000) })
    const headers = {
      'content-type': 'application/json',
      'x-sepay-timestamp': timestamp,
      'x-sepay-signature': signSepay(body, CHANNEL_SECRET, timestamp),
    }
    return { method: 'POST', path: `${new URL(url).pathname.replace(/\/$/, '')}/webhooks/${channelId}`, headers, body }
  }
  let startedAt = 0
  let endedAt = 0
  const result = await new Promise<autocannon.Result>((resolve, reject) => {
    const run = autocannon({
      url,
      connections,
      amount: perConnection * connections,
      expectBody: SUCCESS_ACK.body,
      // Built here, before the first byte is sent: building requests is no part of what is measured.
      setupClient(client) {
        client.setRequests(Array.from({ length: perConnection }, nextRequest))
        startedAt = performance.now()
      },
    }, (error: unknown, done) => {
      if (error) reject(new Error('the callbacks could not be sent', { cause: error }))
      else resolve(done)
    })
    run.on('response', () => { endedAt = performance.now() })
  })
  const { errors, timeouts, mismatches, non2xx, '2xx': acknowledged } = result
  assert.deepEqual({ errors, timeouts, mismatches, non2xx, acknowledged },
    { errors: 0, timeouts: 0, mismatches: 0, non2xx: 0, acknowledged: perConnection * connections })
  return (acknowledged / (endedAt - startedAt)) * 1000
}
