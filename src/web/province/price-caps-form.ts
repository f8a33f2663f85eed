// Reads the forms of the pages about price caps: what was typed, and a message beside each field that is not right.
// Pure.
import { SCHOOL_LEVELS } from '../../directory/school.js'
import type { NewPriceCap, PriceCapChange, StoredPriceCap } from '../../fees/price-caps.js'
import { amountOf, dayOf, textOf } from '../desk/form-fields.js'
import type { Faults, Form } from '../desk/form-fields.js'
import type { Lang } from '../text.js'
import { priceCapsText } from './price-caps-text.js'

const AMOUNT_END_VND = 500_000_000
const GROWTH_MAX_PERCENT = 1_000

export const CAP_FIELDS = [
  'feeCode', 'level', 'area', 'unit', 'maximum', 'growth', 'legalBasis', 'validFrom', 'validTo',
] as const
export type CapDraft = Record<(typeof CAP_FIELDS)[number], string>

export function emptyCap(): CapDraft {
  return { feeCode: '', level: '', area: '', unit: '', maximum: '', growth: '', legalBasis: '', validFrom: '', validTo: '' }
}

export function draftOf(cap: StoredPriceCap): CapDraft {
  return {
    feeCode: cap.feeCode, level: cap.level ?? '', unit: cap.unit, maximum: String(cap.maximumVnd),
    area: cap.urban === null ? '' : cap.urban ? 'urban' : 'rural',
    growth: cap.growthLimitPercent === null ? '' : String(cap.growthLimitPercent),
    legalBasis: cap.legalBasis, validFrom: cap.validFrom, validTo: cap.validTo ?? '',
  }
}

export function draftIn(form: Form): CapDraft {
  const draft = emptyCap()
  for (const field of CAP_FIELDS) draft[field] = textOf(form, field)
  return draft
}

export type Read<Value> = { value: Value } | { faults: Faults }

/** What may change of a cap. */
export function readChange(draft: CapDraft, lang: Lang): Read<Required<PriceCapChange>> {
  const t = priceCapsText[lang]
  const { unit, legalBasis } = draft
  const [maximumVnd, validFrom] = [amountOf(draft.maximum), dayOf(draft.validFrom)]
  const [growthLimitPercent, validTo] = [growthOf(draft.growth), draft.validTo === '' ? null : dayOf(draft.validTo)]
  const isAmount = maximumVnd !== undefined && maximumVnd < AMOUNT_END_VND
  const isText = (text: string, max: number) => text !== '' && text.length <= max
  const faults: Faults = {
    ...(!isText(unit, 40) && { unit: t.needed }),
    ...(!isAmount && { maximum: t.amountFault }),
    ...(growthLimitPercent === undefined && { growth: t.growthFault }),
    ...(!isText(legalBasis, 300) && { legalBasis: t.needed }),
    ...(validFrom === undefined && { validFrom: t.dayFault }),
    ...(validTo === undefined && { validTo: t.dayFault }),
  }
  if (Object.keys(faults).length > 0 || !isAmount) return { faults }
  if (growthLimitPercent === undefined || validFrom === undefined || validTo === undefined) return { faults }
  return { value: { unit, maximumVnd, growthLimitPercent, legalBasis, validFrom, validTo } }
}

export function readNewCap(draft: CapDraft, lang: Lang): Read<NewPriceCap> {
  const change = readChange(draft, lang)
  const isCode = /^[A-Z0-9][A-Z0-9_-]{0,29}$/.test(draft.feeCode)
  const faults = { ...('faults' in change && change.faults), ...(!isCode && { feeCode: priceCapsText[lang].codeFault }) }
  if ('faults' in change || !isCode) return { faults }
  const { validTo, growthLimitPercent, ...value } = change.value
  const level = SCHOOL_LEVELS.find((known) => known === draft.level)
  return {
    value: {
      ...value, feeCode: draft.feeCode, ...(level !== undefined && { level }),
      ...(draft.area !== '' && { urban: draft.area === 'urban' }),
      ...(growthLimitPercent !== null && { growthLimitPercent }), ...(validTo !== null && { validTo }),
    },
  }
}

/** Null: no limit; undefined: not a number of per cent. */
function growthOf(text: string): number | null | undefined {
  if (text === '') return null
  const percent = /^\d{1,4}$/.test(text) ? Number(text) : undefined
  return percent !== undefined && percent <= GROWTH_MAX_PERCENT ? percent : undefined
}
