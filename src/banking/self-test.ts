// Shows that a channel's secret, its address and the answer fit together, by sending a signed test call through the
// same route that the bank uses. It books nothing and does not count as the provider's own test call.
import type { Actor } from '../access/actor.js'
import { recordAudit } from '../access/audit.js'
import type { Deps } from '../deps.js'
import { makeSelfTestCall } from './adapters/self-test.js'
import type { SelfTestCall } from './adapters/self-test.js'
import type { ChannelTarget } from './change-channel.js'
import type { ChannelLookup, OpenChannel } from './channel-lookup.js'
import { webhookPathOf } from './channel-setup.js'
import { noSuchChannel } from './open-channel.js'

/** The route in this process: what comes back is what a bank would read. */
export type SendToSelf = (path: string, call: SelfTestCall) => Promise<{ status: number; body: string }>

export interface SelfTestDeps extends Pick<Deps, 'db' | 'now'> {
  channels: Pick<ChannelLookup, 'find'>
  send: SendToSelf
}

export interface SelfTest {
  passed: boolean
  /** The answer of the step that failed, or of the last one. */
  status: number
  answer: string
}

/** Throws `CHANNEL_NOT_FOUND`. */
export async function testChannel(deps: SelfTestDeps, actor: Actor, target: ChannelTarget): Promise<SelfTest> {
  const channel = await deps.channels.find(target.channelId)
  if (channel?.schoolId !== target.schoolId || channel.bankAccountId !== target.bankAccountId) noSuchChannel()
  const result = await callSelf(deps, channel)
  await deps.db.inSchool(target.schoolId, (trx) => recordAudit(trx, {
    actor, action: 'channel.self_test', objectKind: 'channel', objectId: channel.channelId,
    after: { passed: result.passed, status: result.status },
  }))
  return result
}

async function callSelf(deps: SelfTestDeps, channel: OpenChannel): Promise<SelfTest> {
  const path = webhookPathOf(channel.channelId)
  if (channel.provider !== 'vietqr-vn') {
    return toResult(await deps.send(path, makeSelfTestCall(channel.provider, channel.proof, deps.now())))
  }
  const token = await deps.send(`${path}/api/token_generate`, basicCall(channel))
  if (token.status !== 200) return toResult(token)
  const call = makeSelfTestCall(channel.provider, channel.proof, deps.now())
  return toResult(await deps.send(`${path}/bank/api/transaction-sync`, call))
}

/** The user name and password that VietQR.vn sends to get its token. */
function basicCall({ proof }: OpenChannel): SelfTestCall {
  const pair = Buffer.from(proof.secrets.current).toString('base64')
  return { headers: { 'content-type': 'application/json', authorization: `Basic ${pair}` }, rawBody: Buffer.alloc(0) }
}

function toResult({ status, body }: { status: number; body: string }): SelfTest {
  return { passed: status === 200, status, answer: body }
}
