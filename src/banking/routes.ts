// Bank accounts and channels over HTTP. Thin: which accounts a school has, how its banks reach us, and what to
// enter at the provider. No answer holds a secret.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Deps } from '../deps.js'
import { DomainError } from '../errors.js'
import { isUuid } from '../http/id.js'
import { decodeIdCursor, Page, PageQuery, toPage } from '../http/paging.js'
import { LIMITS } from '../limits.js'
import { findBank } from '../vietqr/banks.js'
import { findBankAccount, listBankAccounts } from './bank-account-store.js'
import type { BankAccount } from './bank-account-store.js'
import { addAlias, closeChannel, rotateSecret } from './change-channel.js'
import type { ChannelTarget } from './change-channel.js'
import type { ChannelLookup } from './channel-lookup.js'
import { setupOf, webhookPathOf } from './channel-setup.js'
import { listChannels } from './channel-store.js'
import type { Channel } from './channel-store.js'
import { noSuchChannel, openChannel } from './open-channel.js'
import { registerBankAccount } from './register-bank-account.js'
import {
  AccountParams, AliasBody, AliasReply, BankAccountReply, ChannelParams, ChannelReply, IdReply, OpenChannelBody,
  RegisterBankAccountBody, RotateSecretBody, SchoolParams,
} from './schema.js'

const tags = ['banking']
const read = { scope: 'banking:read' } as const
const write = { scope: 'banking:write' } as const

const ACCOUNTS = '/api/v1/schools/:schoolId/bank-accounts'
const CHANNELS = `${ACCOUNTS}/:bankAccountId/channels`
const CHANNEL = `${CHANNELS}/:channelId`

/** `channels` forgets what it remembers of a channel that changes. */
export function bankingRoutes(deps: Deps, channels: Pick<ChannelLookup, 'forget'>): FastifyPluginAsyncTypebox {
  return async (app) => {
    await app.register(bankAccountRoutes(deps))
    await app.register(channelRoutes(deps, channels))
  }
}

function bankAccountRoutes(deps: Deps): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.post(ACCOUNTS, {
      config: write,
      schema: {
        operationId: 'registerBankAccount', tags, summary: 'Register a bank account that bills can name',
        params: SchoolParams, body: RegisterBankAccountBody, response: { 201: IdReply },
      },
    }, async ({ params: { schoolId }, body, actor }, reply) =>
      reply.code(201).send(await registerBankAccount(deps, actor, schoolId, body)))

    app.get(ACCOUNTS, {
      config: read,
      schema: {
        operationId: 'listBankAccounts', tags, summary: 'List the bank accounts of a school',
        params: SchoolParams, querystring: PageQuery, response: { 200: Page(BankAccountReply) },
      },
    }, async ({ params: { schoolId }, query: { limit = LIMITS.pageSizeDefault, cursor } }) => {
      const afterId = decodeIdCursor(cursor)
      const rows = await deps.db.inSchool(schoolId, (trx) => listBankAccounts(trx, schoolId, limit + 1, afterId))
      const { items, nextCursor } = toPage(rows, limit, ({ id }) => [id])
      return { items: items.map(toAccountReply), nextCursor }
    })
  }
}

function channelRoutes(deps: Deps, channels: Pick<ChannelLookup, 'forget'>): FastifyPluginAsyncTypebox {
  const toReply = (channel: Channel) => toChannelReply(channel, deps.config.publicUrl)
  return async (app) => {
    app.post(CHANNELS, {
      config: write,
      schema: {
        operationId: 'openChannel', tags, summary: 'Let a provider report the transfers of a bank account',
        params: AccountParams, body: OpenChannelBody, response: { 201: ChannelReply },
      },
    }, async ({ params, body, actor }, reply) =>
      reply.code(201).send(toReply(await openChannel(deps, actor, accountOf(params), body))))

    app.get(CHANNELS, {
      config: read,
      schema: {
        operationId: 'listChannels', tags, summary: 'List the channels of a bank account, with their set-up',
        params: AccountParams, querystring: PageQuery, response: { 200: Page(ChannelReply) },
      },
    }, async ({ params, query: { limit = LIMITS.pageSizeDefault, cursor } }) => {
      const { schoolId, bankAccountId } = accountOf(params)
      const afterId = decodeIdCursor(cursor)
      const rows = await deps.db.inSchool(schoolId, async (trx) => {
        if (!await findBankAccount(trx, schoolId, bankAccountId)) throw noSuchAccount()
        return listChannels(trx, schoolId, bankAccountId, limit + 1, afterId)
      })
      const { items, nextCursor } = toPage(rows, limit, ({ id }) => [id])
      return { items: items.map(toReply), nextCursor }
    })

    app.post(`${CHANNEL}/rotate`, {
      config: write,
      schema: {
        operationId: 'rotateChannelSecret', tags,
        summary: 'Give a channel a new secret; the one before is accepted for 48 hours more',
        params: ChannelParams, body: RotateSecretBody, response: { 200: ChannelReply },
      },
    }, async ({ params, body, actor }) => {
      const channel = await rotateSecret(deps, actor, channelOf(params), body.secret)
      channels.forget(channel.id)
      return toReply(channel)
    })

    app.post(`${CHANNEL}/close`, {
      config: write,
      schema: {
        operationId: 'closeChannel', tags, summary: 'Close a channel; late calls are still taken',
        params: ChannelParams, response: { 200: ChannelReply },
      },
    }, async ({ params, actor }) => {
      const channel = await closeChannel(deps, actor, channelOf(params))
      channels.forget(channel.id)
      return toReply(channel)
    })

    app.post(`${CHANNEL}/aliases`, {
      config: write,
      schema: {
        operationId: 'addPaymentAlias', tags,
        summary: 'Tie a virtual account or an order code of the provider to a payment code',
        params: ChannelParams, body: AliasBody, response: { 201: AliasReply },
      },
    }, async ({ params, body, actor }, reply) =>
      reply.code(201).send(await addAlias(deps, actor, channelOf(params), body)))
  }
}

function accountOf(params: { schoolId: string; bankAccountId: string }) {
  if (!isUuid(params.bankAccountId)) throw noSuchAccount()
  return params
}

function channelOf(params: ChannelTarget): ChannelTarget {
  return isUuid(params.bankAccountId) && isUuid(params.channelId) ? params : noSuchChannel()
}

function noSuchAccount(): DomainError {
  return new DomainError('BANK_ACCOUNT_NOT_FOUND', 'there is no such bank account')
}

function toAccountReply({ createdAt, ...account }: BankAccount) {
  const bankName = findBank(account.bankBin)?.shortName ?? null
  return { ...account, bankName, createdAt: createdAt.toISOString() }
}

function toChannelReply({ lastTestAt, previousSecretUntil, createdAt, ...channel }: Channel, publicUrl: string) {
  return {
    ...channel,
    lastTestAt: lastTestAt?.toISOString() ?? null,
    previousSecretUntil: previousSecretUntil?.toISOString() ?? null,
    createdAt: createdAt.toISOString(),
    webhookPath: webhookPathOf(channel.id),
    setup: setupOf(channel.provider, channel.mode, channel.id, publicUrl),
  }
}
