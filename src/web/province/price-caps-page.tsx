// The price caps of an authority: the list, and one of them to be corrected or ended by who set it.
import type { FastifyRequest } from 'fastify'
import { SCHOOL_LEVELS } from '../../directory/school.js'
import type { StoredPriceCap } from '../../fees/price-caps.js'
import { Card } from '../components/content.js'
import { Button, Field, PostForm, Select } from '../components/form.js'
import { Notice } from '../components/notice.js'
import { Table } from '../components/table.js'
import type { Column } from '../components/table.js'
import type { Faults } from '../desk/form-fields.js'
import { dayText } from '../format.js'
import { ProvincePage } from '../layout.js'
import type { Lang } from '../text.js'
import type { CapDraft } from './price-caps-form.js'
import { priceCapsText } from './price-caps-text.js'
import { levelText } from './text.js'

export interface CapsProps {
  request: FastifyRequest
  authority: { id: string; name: string }
  /** Whether the reader may set, correct and end. */
  may: boolean
  draft: CapDraft
  faults: Faults
  refused?: string | undefined
  done?: string | undefined
}

export function priceCapsPath(authorityId: string): string {
  return `/province/${authorityId}/price-caps`
}

export function PriceCapsPage(props: CapsProps & { caps: readonly StoredPriceCap[] }) {
  const { request, authority, caps, may, done, refused } = props
  const t = priceCapsText[request.lang]
  return (
    <ProvincePage request={request} title={t.title} authorityId={authority.id} authorityName={authority.name}
      current="caps" styles={['province.css']}>
      <h1>{t.title}</h1>
      <p class="soft">{t.intro}</p>
      {refused !== undefined && <Notice tone="bad"><p>{refused}</p></Notice>}
      {refused === undefined && done !== undefined && <Notice tone="good"><p>{t.done}</p></Notice>}
      <Table caption={t.title} captionHidden columns={columns(authority.id, may, request.lang)} rows={caps}
        keyOf={({ id }) => id} empty={t.none} />
      {may && <Card title={t.add}><CapForm {...props} action={priceCapsPath(authority.id)} isNew /></Card>}
    </ProvincePage>
  )
}

export function PriceCapPage(props: CapsProps & { cap: StoredPriceCap; endOn: string }) {
  const { request, authority, cap, faults, refused, endOn } = props
  const t = priceCapsText[request.lang]
  const path = `${priceCapsPath(authority.id)}/${cap.id}`
  return (
    <ProvincePage request={request} title={cap.feeCode} authorityId={authority.id} authorityName={authority.name}
      current="caps" styles={['province.css']}>
      <p class="small"><a href={priceCapsPath(authority.id)}>{t.back}</a></p>
      <h1>{cap.feeCode} · {scopeText(cap, request.lang)}</h1>
      {refused !== undefined && <Notice tone="bad"><p>{refused}</p></Notice>}
      <Card title={t.correct}>
        <p class="soft small">{t.intro}</p>
        <CapForm {...props} action={path} isNew={false} />
      </Card>
      <Card title={t.end}>
        <PostForm request={request} action={`${path}/end`} class="form">
          <Field label={t.endOn} name="on" type="date" value={endOn} hint={t.endHint} fault={faults['on']} required />
          <div class="row"><Button kind="danger">{t.endButton}</Button></div>
        </PostForm>
      </Card>
    </ProvincePage>
  )
}

function columns(authorityId: string, may: boolean, lang: Lang): Column<StoredPriceCap>[] {
  const t = priceCapsText[lang]
  return [
    { title: t.feeCode, kind: 'head',
      cell: ({ id, feeCode }) => may ? <a href={`${priceCapsPath(authorityId)}/${id}`}>{feeCode}</a> : feeCode },
    { title: t.level, cell: (cap) => scopeText(cap, lang) },
    { title: t.maximum, kind: 'number', cell: ({ maximumVnd, unit }) => t.maximumText(maximumVnd, unit) },
    { title: t.growth, kind: 'number',
      cell: ({ growthLimitPercent }) => growthLimitPercent === null ? '' : `${growthLimitPercent}%` },
    { title: t.legalBasis, kind: 'wide', cell: ({ legalBasis }) => legalBasis },
    { title: t.validFrom, cell: (cap) => periodText(cap, lang) },
  ]
}

function scopeText({ level, urban }: StoredPriceCap, lang: Lang): string {
  const t = priceCapsText[lang]
  const known = SCHOOL_LEVELS.find((one) => one === level)
  const area = urban === null ? t.everyArea : urban ? t.urban : t.rural
  return `${known === undefined ? t.everyLevel : levelText[lang][known]}, ${area}`
}

function periodText({ validFrom, validTo }: StoredPriceCap, lang: Lang): string {
  const t = priceCapsText[lang]
  if (validTo === validFrom) return t.neverHeld
  return `${dayText(validFrom)}, ${validTo === null ? t.open : t.until(validTo)}`
}

function CapForm({ request, draft, faults, action, isNew }: CapsProps & { action: string; isNew: boolean }) {
  const { lang } = request
  const t = priceCapsText[lang]
  return (
    <PostForm request={request} action={action} class="form">
      {isNew && (
        <>
          <Field label={t.feeCode} name="feeCode" value={draft.feeCode} hint={t.feeCodeHint} fault={faults['feeCode']}
            required input={{ maxLength: 30, autocomplete: 'off' }} />
          <Select label={t.level} name="level" value={draft.level} options={[
            { value: '', label: t.everyLevel },
            ...SCHOOL_LEVELS.map((level) => ({ value: level, label: levelText[lang][level] })),
          ]} />
          <Select label={t.area} name="area" value={draft.area} options={[
            { value: '', label: t.everyArea }, { value: 'urban', label: t.urban }, { value: 'rural', label: t.rural },
          ]} />
        </>
      )}
      <Field label={t.maximum} name="maximum" value={draft.maximum} fault={faults['maximum']} required
        input={{ inputMode: 'numeric' }} />
      <Field label={t.unit} name="unit" value={draft.unit} hint={t.unitHint} fault={faults['unit']} required
        input={{ maxLength: 40 }} />
      <Field label={t.growth} name="growth" value={draft.growth} hint={t.growthHint} fault={faults['growth']}
        input={{ inputMode: 'numeric' }} />
      <Field label={t.legalBasis} name="legalBasis" value={draft.legalBasis} fault={faults['legalBasis']} required
        input={{ maxLength: 300 }} />
      <Field label={t.validFrom} name="validFrom" type="date" value={draft.validFrom} fault={faults['validFrom']} required />
      <Field label={t.validTo} name="validTo" type="date" value={draft.validTo} hint={t.validToHint}
        fault={faults['validTo']} />
      <div class="row"><Button>{isNew ? t.add : t.save}</Button></div>
    </PostForm>
  )
}
