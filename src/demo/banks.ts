// Stands for the banks and providers: writes each provider's call for rows of a bank account and proves it the way
// the provider does. A body depends on nothing but its rows, so that a call that is sent again is the same call. The
// secrets are worked out from the account number and so are known to everybody: they are for a demo's database alone.
import { createHmac } from 'node:crypto'
import { Type } from 'typebox'
import { Value } from 'typebox/value'
import { signCassoV2 } from '../banking/adapters/casso-v2.js'
import { signPayos } from '../banking/adapters/payos.js'
import { signSepay } from '../banking/adapters/sepay.js'
import type { Provider } from '../banking/provider.js'
import { DomainError } from '../errors.js'
import type { Client } from './client.js'
import type { Route } from './province.js'

export interface BankRow {
  /** The provider's own id of the row. */
  id: number
  reference: string
  direction: 'in' | 'out'
  amountVnd: number
  at: Date
  memo: string
  accountNumber: string
  payerName: string
  payerAccount: string
}

/** A channel as the provider sees it. */
export interface BankLine {
  route: Route
  webhookPath: string
  secret: string
}

/** The secret of a demo channel; the same at every start, because the service never shows one again. */
export function demoSecret({ provider }: Route, accountNumber: string): string {
  const text = createHmac('sha256', 'sample data: no secret').update(`${provider} ${accountNumber}`).digest('hex').slice(0, 40)
  return provider === 'vietqr-vn' ? `demo-${accountNumber}:${text}` : text
}

/** How many rows a provider puts into one call. */
export function rowsPerCall(provider: Provider): number {
  return provider === 'casso-v1' ? 3 : 1
}

/** The body of a call about `rows`; `secret` signs it where the signature is part of it. */
export function bodyOf(provider: Provider, rows: readonly [BankRow, ...BankRow[]], secret: string): string {
  const [row] = rows
  switch (provider) {
    case 'sepay':
      return JSON.stringify(sepayBody(row))
    case 'casso-v1':
      return JSON.stringify({ error: 0, data: rows.map(cassoV1Row) })
    case 'casso-v2':
      return JSON.stringify(cassoV2Body(row))
    case 'payos': {
      const data = payosData(row)
      return JSON.stringify({ code: '00', desc: 'success', success: true, data, signature: signPayos(data, secret) })
    }
    case 'vietqr-vn':
      return JSON.stringify(vietqrVnBody(row))
  }
}

function sepayBody(row: BankRow) {
  return {
    id: row.id, gateway: 'Vietcombank', transactionDate: vietnamTime(row.at), accountNumber: row.accountNumber,
    code: null, content: row.memo, transferType: row.direction, transferAmount: row.amountVnd, accumulated: 0,
    subAccount: null, referenceCode: row.reference, description: '',
  }
}

function cassoV1Row(row: BankRow) {
  return {
    id: row.id, tid: row.reference, description: row.memo, amount: signedVnd(row), cusum_balance: 0,
    when: vietnamTime(row.at), bank_sub_acc_id: row.accountNumber, subAccId: row.accountNumber,
    virtualAccount: '', virtualAccountName: '', corresponsiveName: row.payerName,
    corresponsiveAccount: row.payerAccount, corresponsiveBankId: '', corresponsiveBankName: '',
  }
}

function cassoV2Body(row: BankRow) {
  return {
    error: 0,
    data: {
      id: row.id, reference: row.reference, description: row.memo, amount: signedVnd(row), runningBalance: 0,
      transactionDateTime: vietnamTime(row.at), accountNumber: row.accountNumber, bankName: 'VietinBank',
      bankAbbreviation: 'CTG', virtualAccountNumber: '', virtualAccountName: '', counterAccountName: row.payerName,
      counterAccountNumber: row.payerAccount, counterAccountBankId: '970436', counterAccountBankName: 'Vietcombank',
    },
  }
}

function payosData(row: BankRow) {
  return {
    orderCode: row.id, amount: row.amountVnd, description: row.memo, accountNumber: row.accountNumber,
    reference: row.reference, transactionDateTime: vietnamTime(row.at), currency: 'VND',
    paymentLinkId: `demo${row.id}`, code: '00', desc: 'Thành công', counterAccountBankId: '',
    counterAccountBankName: null, counterAccountName: row.payerName, counterAccountNumber: row.payerAccount,
    virtualAccountName: '', virtualAccountNumber: '',
  }
}

function vietqrVnBody(row: BankRow) {
  return {
    bankaccount: row.accountNumber, amount: row.amountVnd, transType: row.direction === 'in' ? 'C' : 'D',
    content: row.memo, transactionid: `VQ${row.id}`, transactiontime: row.at.getTime(),
    referencenumber: row.reference, orderId: '',
  }
}

/** Casso writes money out as a negative amount. */
function signedVnd({ direction, amountVnd }: BankRow): number {
  return direction === 'in' ? amountVnd : -amountVnd
}

/** `YYYY-MM-DD HH:mm:ss` in Vietnam. */
function vietnamTime(at: Date): string {
  return new Date(at.getTime() + 7 * 3_600_000).toISOString().slice(0, 19).replace('T', ' ')
}

export interface Banks {
  /** Sends a call until it is answered; returns the status. */
  send(line: BankLine, body: string): Promise<number>
}

const TokenReply = Type.Object({ access_token: Type.String(), expires_in: Type.Integer() })
/** Fetched anew well before VietQR.vn's 300 s are over. */
const TOKEN_KEPT_MS = 200_000

export function openBanks(client: Client): Banks {
  const tokens = new Map<string, { token: Promise<string>; until: number }>()

  async function fetchToken({ webhookPath, secret }: BankLine): Promise<string> {
    const authorization = `Basic ${Buffer.from(secret).toString('base64')}`
    const { status, text } = await client.callAsBank(`${webhookPath}/api/token_generate`, { authorization }, '')
    const reply: unknown = JSON.parse(text)
    if (status === 200 && Value.Check(TokenReply, reply)) return reply.access_token
    throw new DomainError('DEMO_REQUEST_REFUSED', `VietQR.vn got no token: ${status}`)
  }

  async function tokenFor(line: BankLine): Promise<string> {
    const known = tokens.get(line.webhookPath)
    if (known !== undefined && known.until > Date.now()) return known.token
    const token = fetchToken(line)
    tokens.set(line.webhookPath, { token, until: Date.now() + TOKEN_KEPT_MS })
    return token
  }

  /** A call time belongs to the sending, not to the body: a provider signs each attempt anew. */
  async function proofOf(line: BankLine, body: string): Promise<Record<string, string>> {
    const { route: { provider, mode }, secret } = line
    switch (provider) {
      case 'sepay': {
        if (mode === 'apikey') return { authorization: `Apikey ${secret}` }
        const timestamp = String(Math.floor(Date.now() / 1_000))
        return {
          'x-sepay-timestamp': timestamp, 'x-sepay-signature': signSepay(Buffer.from(body), secret, timestamp),
        }
      }
      case 'casso-v1':
        return { 'secure-token': secret }
      case 'casso-v2':
        return { 'x-casso-signature': signCassoV2(JSON.parse(body), secret, String(Date.now())) }
      case 'payos':
        return {}
      case 'vietqr-vn':
        return { authorization: `Bearer ${await tokenFor(line)}` }
    }
  }

  return {
    async send(line, body) {
      const isVietqrVn = line.route.provider === 'vietqr-vn'
      const path = isVietqrVn ? `${line.webhookPath}/bank/api/transaction-sync` : line.webhookPath
      return (await client.callAsBank(path, await proofOf(line, body), body)).status
    },
  }
}

/** The same line in the hands of a stranger, who has to guess the secret. */
export function strangerOn(line: BankLine): BankLine {
  // A wrong user and password would get no token, so a stranger sends one that we never issued.
  const route: Route = line.route.provider === 'vietqr-vn' ? { provider: 'sepay', mode: 'apikey' } : line.route
  return { ...line, route, secret: 'a stranger guesses this' }
}
