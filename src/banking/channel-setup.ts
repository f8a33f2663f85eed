// What does a person paste where, so that a provider's calls reach a channel? Taken from the providers' own
// pages; it names no secret. The advice keeps away the filters that would hide transfers from us.
import type { Provider } from './provider.js'

export interface ChannelSetup {
  /** Addresses to give to the provider, each with the place where it is asked for. */
  urls: { purpose: string; url: string }[]
  /** Headers in which the calls carry their proof. */
  headers: string[]
  advice: string[]
}

/** Where a channel is called, below the public address of the service. */
export function webhookPathOf(channelId: string): string {
  return `/webhooks/${channelId}`
}

const BOTH_DIRECTIONS = 'Report money in and money out: without the second, a reversal would never reach the books.'

/** `mode` is the channel's; `publicUrl` has no slash at its end. */
export function setupOf(provider: Provider, mode: string, channelId: string, publicUrl: string): ChannelSetup {
  const url = `${publicUrl}${webhookPathOf(channelId)}`
  switch (provider) {
    case 'sepay':
      return sepaySetup(mode, url)
    case 'casso-v1':
      return cassoSetup(url, 'secure-token: <secret>', 'Webhook (V1): URL')
    case 'casso-v2':
      return cassoSetup(url, 'X-Casso-Signature: t=<ms>,v1=<HMAC-SHA512>', 'Webhook V2: URL')
    case 'payos':
      return payosSetup(url)
    case 'vietqr-vn':
      return vietqrVnSetup(url)
  }
}

function sepaySetup(mode: string, url: string): ChannelSetup {
  const signed = mode === 'hmac'
  return {
    urls: [{ purpose: 'Webhook: URL', url }],
    headers: signed
      ? ['X-SePay-Signature: sha256=<HMAC-SHA256>', 'X-SePay-Timestamp: <unix seconds>']
      : ['Authorization: Apikey <secret>'],
    advice: [
      signed
        ? 'Choose the signature (HMAC-SHA256) as authentication and paste the same secret there.'
        : 'Choose the API key as authentication and paste the same secret there.',
      'Leave the content type at application/json.',
      'Leave the filter "skip transactions without a payment code" off, and set no prefix and no virtual account ' +
        'filter: a transfer with a damaged content would never reach us.',
      BOTH_DIRECTIONS,
      'Turn automatic retries on.',
    ],
  }
}

function cassoSetup(url: string, header: string, purpose: string): ChannelSetup {
  return {
    urls: [{ purpose, url }],
    headers: [header],
    advice: [
      'Paste the same secret as the security key.',
      'Leave the filter "income only" off.',
      BOTH_DIRECTIONS,
      'Press the test call afterwards: it is answered and noted here, and books nothing.',
    ],
  }
}

function payosSetup(url: string): ChannelSetup {
  return {
    urls: [{ purpose: 'Payment channel: webhook URL (or confirm-webhook, field webhookUrl)', url }],
    headers: [],
    advice: [
      'The secret is the checksum key of the payment channel; payOS signs the body with it.',
      'payOS calls the address with a sample order while it is saved: it is answered and books nothing.',
      'payOS reports money in only, and only for its payment links: register each link\'s order code as an alias.',
    ],
  }
}

function vietqrVnSetup(url: string): ChannelSetup {
  return {
    urls: [
      { purpose: 'Base URL', url },
      { purpose: 'Get token', url: `${url}/api/token_generate` },
      { purpose: 'Transaction sync', url: `${url}/bank/api/transaction-sync` },
    ],
    headers: ['Authorization: Basic <user:password> (token)', 'Authorization: Bearer <token> (transaction)'],
    advice: [
      'Hand over the user name and the password of the secret; they are separated by its first colon.',
      'Declare every errorReason other than 000 as one to send again.',
      BOTH_DIRECTIONS,
    ],
  }
}
