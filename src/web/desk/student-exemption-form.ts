// What was typed into the form of an exemption, as the exemption that is asked for, or as faults by field. Pure.
import type { NewExemption } from '../../fees/exemptions.js'
import { isUuid } from '../../http/id.js'
import type { Lang } from '../text.js'
import { amountOf, dayOf } from './form-fields.js'
import { formsText } from './student-forms-text.js'

type Asked = Omit<NewExemption, 'studentId'>
type ReadExemption = { ok: true; exemption: Asked } | { ok: false; faults: Record<string, string> }

const AMOUNT_MAX = 499_999_999

export function readExemption(draft: Readonly<Record<string, string>>, lang: Lang): ReadExemption {
  const t = formsText[lang]
  const text = (field: string): string => draft[field] ?? ''
  const size = sizeOf(text('size'))
  const validFrom = dayOf(text('validFrom'))
  const validTo = text('validTo') === '' ? null : dayOf(text('validTo'))
  const payer = text('payer')
  const faults: Record<string, string> = {
    ...(!isUuid(text('feeKindId')) && { feeKindId: t.needed }),
    ...(size === undefined && { size: t.sizeNeeded }),
    ...(payer !== 'budget' && payer !== 'nobody' && { payer: t.needed }),
    ...(text('legalBasis') === '' && { legalBasis: t.needed }),
    ...(text('decisionNumber') === '' && { decisionNumber: t.needed }),
    ...(validFrom === undefined && { validFrom: t.needed }),
    ...(validTo === undefined && { validTo: t.dayInvalid }),
  }
  if (size === undefined || validFrom === undefined || validTo === undefined || Object.keys(faults).length > 0) {
    return { ok: false, faults }
  }
  return {
    ok: true,
    exemption: {
      feeKindId: text('feeKindId'), ...size, payer: payer === 'budget' ? 'budget' : 'nobody',
      legalBasis: text('legalBasis').slice(0, 300), decisionNumber: text('decisionNumber').slice(0, 100), validFrom,
      ...(validTo !== null && { validTo }),
    },
  }
}

/** `70%` is a share; everything else is đồng. */
function sizeOf(text: string): { percent: number } | { amountVnd: number } | undefined {
  const percent = /^(\d{1,3})\s*%$/.exec(text)?.[1]
  if (percent !== undefined) return isPercent(Number(percent)) ? { percent: Number(percent) } : undefined
  const amountVnd = amountOf(text)
  return amountVnd === undefined || amountVnd < 1 || amountVnd > AMOUNT_MAX ? undefined : { amountVnd }
}

function isPercent(value: number): boolean {
  return value >= 1 && value <= 100
}
