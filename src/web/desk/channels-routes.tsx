// Bank accounts and channels over HTTP: register, connect, look whether calls arrive, test, change the secret, close. A
// secret is in the answer to the act that made it and nowhere else.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { getAccountChannel, listAccountChannels } from '../../banking/account-channels.js'
import type { AccountChannels } from '../../banking/account-channels.js'
import { closeChannel, rotateSecret } from '../../banking/change-channel.js'
import type { ChannelLookup } from '../../banking/channel-lookup.js'
import { makeSecret, makesOwnSecret } from '../../banking/make-secret.js'
import { openChannel } from '../../banking/open-channel.js'
import { registerBankAccount } from '../../banking/register-bank-account.js'
import { testChannel } from '../../banking/self-test.js'
import type { SendToSelf } from '../../banking/self-test.js'
import type { Deps } from '../../deps.js'
import { SchoolParams } from '../../directory/schema.js'
import { DomainError } from '../../errors.js'
import { TABLE_FORMATS } from '../../export/table-file.js'
import { redirect, sendPage } from '../page.js'
import { sendSchoolTable } from '../school-table.js'
import { ChannelPage, channelStateText, ConnectPage, SecretPage } from './channel-page.js'
import { accountsTable } from './channels-export.js'
import {
  EMPTY_ACCOUNT, EMPTY_CHANNEL, faultOfRefusal, findAccountFaults, findChannelFaults, readAccount, readChannel,
  toAccount
} from './channels-form.js'
import type { AccountDraft, ChannelForm } from './channels-form.js'
import { ChannelsPage } from './channels-page.js'
import { channelsText } from './channels-text.js'
import { channelPath, channelsPath } from './desk-links.js'
import { FormBody, textOf } from './form-fields.js'
import type { Faults } from './form-fields.js'
import { refusalOf } from './refusal.js'
import { findSchoolName } from './school-name.js'

const CHANNELS = '/desk/:schoolId/channels'
const CONNECT = `${CHANNELS}/accounts/:bankAccountId/connect`
const CHANNEL = `${CHANNELS}/:channelId`
const DoneQuery = Type.Object({ done: Type.Optional(Type.String({ maxLength: 40 })) })
const ListQuery = Type.Object({ ...DoneQuery.properties, format: Type.Optional(Type.Enum(TABLE_FORMATS)) })
const Id = Type.String({ format: 'uuid' })
const AccountParams = Type.Object({ schoolId: Type.String(), bankAccountId: Id })
const ChannelParams = Type.Object({ schoolId: Type.String(), channelId: Id })
const read = { scope: 'banking:read', page: true } as const
const write = { scope: 'banking:write', page: true } as const

type Lookup = Pick<ChannelLookup, 'find' | 'forget'>

/** `channels` forgets what it remembers of a channel that changes. */
export function channelPages(deps: Deps, channels: Lookup): FastifyPluginAsyncTypebox {
  return async (app) => {
    await app.register(accountPages(deps))
    await app.register(oneChannelPages(deps, channels))
  }
}

function accountPages(deps: Deps): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(CHANNELS, { config: read, schema: { hide: true, params: SchoolParams, querystring: ListQuery } },
      async (request, reply) => {
        const { params: { schoolId }, query: { done, format }, lang } = request
        if (format !== undefined) {
          return sendSchoolTable(request, reply, {
            db: deps.db, schoolId, format, table: accountsTable(await listAccountChannels(deps, schoolId), lang),
            audit: { action: 'bank_account.export', list: 'accounts' },
          })
        }
        return sendAccounts(deps, request, reply, schoolId,
          { draft: EMPTY_ACCOUNT, faults: {}, done: done !== undefined })
      })

    app.post(`${CHANNELS}/accounts`, { config: write, schema: { hide: true, params: SchoolParams, body: FormBody } },
      async (request, reply) => {
        const { params: { schoolId }, body, lang, actor } = request
        const draft = readAccount(body)
        const faults = findAccountFaults(draft, lang)
        const shown = { draft, faults, done: false, status: 422 }
        if (Object.keys(faults).length > 0) return sendAccounts(deps, request, reply, schoolId, shown)
        const refusal = await refusalOf(lang, () => registerBankAccount(deps, actor, schoolId, toAccount(draft)))
        if (refusal === undefined) return redirect(reply, `${channelsPath(schoolId)}?done=registered`)
        const fault = faultOfRefusal(refusal.code, lang)
        return sendAccounts(deps, request, reply, schoolId,
          { ...shown, ...(fault === undefined ? { refused: refusal.text } : { faults: fault }) })
      })

    app.get(CONNECT, { config: write, schema: { hide: true, params: AccountParams } }, async (request, reply) =>
      sendConnect(deps, request, reply, request.params, { draft: EMPTY_CHANNEL, faults: {} }))

    app.post(CONNECT, { config: write, schema: { hide: true, params: AccountParams, body: FormBody } },
      async (request, reply) => {
        const { params, body, lang, actor } = request
        const draft = readChannel(body)
        const faults = findChannelFaults(draft, lang)
        const shown = { draft, faults, status: 422 }
        if (Object.keys(faults).length > 0) return sendConnect(deps, request, reply, params, shown)
        const secret = draft.secret === '' ? makeSecret(draft.provider) : draft.secret
        let channelId = ''
        const refusal = await refusalOf(lang, async () => {
          const { provider, mode, memoWord } = draft
          const asked = { provider, mode, secret, memoWord: memoWord === '' ? undefined : memoWord }
          channelId = (await openChannel(deps, actor, params, asked)).id
        })
        if (refusal) {
          const fault = faultOfRefusal(refusal.code, lang)
          return sendConnect(deps, request, reply, params,
            { ...shown, ...(fault === undefined ? { refused: connectRefusal(refusal, lang) } : { faults: fault }) })
        }
        if (draft.secret !== '') return redirect(reply, `${channelPath(params.schoolId, channelId)}?done=connected`)
        return sendSecret(deps, request, reply, { ...params, channelId, secret })
      })
  }
}

function connectRefusal({ code, text }: { code: string; text: string }, lang: FastifyRequest['lang']): string {
  return code === 'CHANNEL_EXISTS' ? channelsText[lang].channelExists : text
}

function oneChannelPages(deps: Deps, channels: Lookup): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(CHANNEL, { config: read, schema: { hide: true, params: ChannelParams, querystring: DoneQuery } },
      async (request, reply) => sendChannel(deps, request, reply, request.params, { done: request.query.done }))

    app.get(`${CHANNEL}/state`, { config: { scope: 'banking:read' }, schema: { hide: true, params: ChannelParams } },
      async ({ params }, reply) => {
        const { channel } = await getAccountChannel(deps, params.schoolId, params.channelId)
        return reply.header('cache-control', 'no-store').type('text/plain').send(channelStateText(channel))
      })

    app.post(`${CHANNEL}/self-test`, { config: write, schema: { hide: true, params: ChannelParams } },
      async ({ params, actor, server }, reply) => {
        const target = await targetOf(deps, params)
        const result = await testChannel({ ...deps, channels, send: sendTo(server) }, actor, target)
        const done = result.passed ? 'self-test' : `self-test-failed-${result.status}`
        return redirect(reply, `${channelPath(params.schoolId, params.channelId)}?done=${done}`)
      })

    app.post(`${CHANNEL}/rotate`, { config: write, schema: { hide: true, params: ChannelParams, body: FormBody } },
      async (request, reply) => {
        const { params, body, lang, actor } = request
        const { account, channel } = await getAccountChannel(deps, params.schoolId, params.channelId)
        const typed = textOf(body, 'secret')
        if (typed === '' && makesOwnSecret(channel.provider)) {
          return sendChannel(deps, request, reply, params, { faults: { secret: channelsText[lang].secretFault } })
        }
        const secret = typed === '' ? makeSecret(channel.provider) : typed
        const target = { ...params, bankAccountId: account.id }
        const refusal = await refusalOf(lang, () => rotateSecret(deps, actor, target, secret))
        channels.forget(params.channelId)
        if (refusal) {
          const faults = faultOfRefusal(refusal.code, lang)
          const shown = faults === undefined ? { refused: refusal.text } : { faults }
          return sendChannel(deps, request, reply, params, shown)
        }
        if (typed !== '') return redirect(reply, `${channelPath(params.schoolId, params.channelId)}?done=rotated`)
        return sendSecret(deps, request, reply, { ...target, secret })
      })

    app.post(`${CHANNEL}/close`, { config: write, schema: { hide: true, params: ChannelParams } },
      async ({ params, actor }, reply) => {
        await closeChannel(deps, actor, await targetOf(deps, params))
        channels.forget(params.channelId)
        return redirect(reply, `${channelPath(params.schoolId, params.channelId)}?done=closed`)
      })
  }
}

/** Through the whole application in this process, as if it came from the network. */
function sendTo(server: FastifyInstance): SendToSelf {
  return async (url, { headers, rawBody }) => {
    const answer = await server.inject({ method: 'POST', url, headers, payload: rawBody })
    return { status: answer.statusCode, body: answer.body }
  }
}

async function targetOf(deps: Deps, of: { schoolId: string; channelId: string }) {
  const { account } = await getAccountChannel(deps, of.schoolId, of.channelId)
  return { ...of, bankAccountId: account.id }
}

interface AccountsShown {
  draft: AccountDraft
  faults: Faults
  done: boolean
  refused?: string
  status?: number
}

async function sendAccounts(
  deps: Deps, request: FastifyRequest, reply: FastifyReply, schoolId: string, { status = 200, ...shown }: AccountsShown,
): Promise<FastifyReply> {
  return sendPage(reply, (
    <ChannelsPage request={request} schoolId={schoolId} schoolName={await findSchoolName(deps.db, schoolId)}
      accounts={await listAccountChannels(deps, schoolId)} {...shown} />
  ), status)
}

async function getAccount(deps: Deps, of: { schoolId: string; bankAccountId: string }): Promise<AccountChannels> {
  const account = (await listAccountChannels(deps, of.schoolId)).find(({ id }) => id === of.bankAccountId)
  if (account) return account
  throw new DomainError('BANK_ACCOUNT_NOT_FOUND', 'there is no such bank account')
}

async function sendConnect(
  deps: Deps, request: FastifyRequest, reply: FastifyReply, of: { schoolId: string; bankAccountId: string },
  { status = 200, ...shown }: { draft: ChannelForm; faults: Faults; refused?: string; status?: number },
): Promise<FastifyReply> {
  return sendPage(reply, (
    <ConnectPage request={request} schoolId={of.schoolId} schoolName={await findSchoolName(deps.db, of.schoolId)}
      account={await getAccount(deps, of)} {...shown} />
  ), status)
}

async function sendSecret(
  deps: Deps, request: FastifyRequest, reply: FastifyReply,
  of: { schoolId: string; bankAccountId: string; channelId: string; secret: string },
): Promise<FastifyReply> {
  const { schoolId, channelId, secret } = of
  return sendPage(reply, (
    <SecretPage request={request} schoolId={schoolId} schoolName={await findSchoolName(deps.db, schoolId)}
      account={await getAccount(deps, of)} channelId={channelId} secret={secret} />
  ))
}

async function sendChannel(
  deps: Deps, request: FastifyRequest, reply: FastifyReply, of: { schoolId: string; channelId: string },
  { faults, done, refused }: { faults?: Faults; done?: string | undefined; refused?: string },
): Promise<FastifyReply> {
  const { schoolId } = of
  const status = faults !== undefined || refused !== undefined ? 422 : 200
  return sendPage(reply, (
    <ChannelPage request={request} schoolId={schoolId} schoolName={await findSchoolName(deps.db, schoolId)}
      {...await getAccountChannel(deps, schoolId, of.channelId)} faults={faults ?? {}} done={done} refused={refused} />
  ), status)
}
