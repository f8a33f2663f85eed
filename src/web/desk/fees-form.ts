// Reads the form of a fee kind. The limits are those of the API; what a value may mean is decided by the use case.
import type { AskedGroup } from '../../fees/fee-kind.js'
import { isUuid } from '../../http/id.js'
import { FEE_GROUPS } from '../../ledger/account.js'
import type { Lang } from '../text.js'
import { feesText } from './fees-text.js'
import { textOf } from './form-fields.js'
import type { Faults, Form } from './form-fields.js'

/** What was typed. */
export interface FeeDraft {
  code: string
  name: string
  feeGroup: AskedGroup
  legalBasis: string
  bankAccountId: string
  priority: string
  optional: boolean
}

export const EMPTY_FEE: FeeDraft = {
  code: '', name: '', feeGroup: 'service', legalBasis: '', bankAccountId: '', priority: '100', optional: false,
}

const CODE = /^[A-Z0-9][A-Z0-9_-]{0,29}$/
const NAME_MAX_CHARS = 200
const BASIS_MAX_CHARS = 300
const PRIORITY_DEFAULT = '100'

export function readFee(form: Form): FeeDraft {
  return {
    code: textOf(form, 'code').toUpperCase(),
    name: textOf(form, 'name'),
    feeGroup: FEE_GROUPS.find((group) => group === textOf(form, 'feeGroup')) ?? 'service',
    legalBasis: textOf(form, 'legalBasis'),
    bankAccountId: textOf(form, 'bankAccountId'),
    priority: textOf(form, 'priority') || PRIORITY_DEFAULT,
    optional: textOf(form, 'optional') === 'yes',
  }
}

/** `code` is asked for only where a fee is made. */
export function findFeeFaults(draft: FeeDraft, lang: Lang, isNew: boolean): Faults {
  const t = feesText[lang]
  return {
    ...(isNew && !CODE.test(draft.code) && { code: t.codeFault }),
    ...((draft.name === '' || draft.name.length > NAME_MAX_CHARS) && { name: t.nameFault }),
    ...((draft.legalBasis === '' || draft.legalBasis.length > BASIS_MAX_CHARS) && { legalBasis: t.basisFault }),
    ...(!/^\d{1,4}$/.test(draft.priority) && { priority: t.priorityFault }),
    ...(!isUuid(draft.bankAccountId) && { bankAccountId: t.accountFault }),
  }
}
