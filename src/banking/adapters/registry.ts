// Which adapter speaks for which provider. The type makes a forgotten one a compile error.
import type { Adapter } from '../adapter.js'
import type { Provider } from '../provider.js'
import { cassoV1 } from './casso-v1.js'
import { cassoV2 } from './casso-v2.js'
import { payos } from './payos.js'
import { sepay } from './sepay.js'
import { vietqrVn } from './vietqr-vn.js'

const ADAPTERS: Readonly<Record<Provider, Adapter>> = {
  sepay,
  'casso-v1': cassoV1,
  'casso-v2': cassoV2,
  payos,
  'vietqr-vn': vietqrVn
}

export function getAdapter(provider: Provider): Adapter {
  return ADAPTERS[provider]
}
