// Choosing what the dashboard shows: a form that sends itself by GET, so that every view has an address to
// keep.
import { AREAS } from '../../adoption/board-sets.js'
import { SCHOOL_LEVELS } from '../../directory/school.js'
import { FEE_GROUPS } from '../../ledger/account.js'
import type { Day } from '../../time.js'
import { Button, Field, Select } from '../components/form.js'
import type { Lang } from '../text.js'
import type { DashboardView, ViewFaults } from './query.js'
import { levelText, text } from './text.js'

export function ViewForm({ action, view, faults, today, lang }: {
  action: string; view: DashboardView; faults: ViewFaults; today: Day; lang: Lang
}) {
  const t = text[lang]
  const every = { value: '', label: t.all }
  return (
    <form class="filters view-form no-print" method="get" action={action} aria-label={t.filters}>
      <Field label={t.asOf} name="asOf" type="date" value={faults.asOf ?? view.asOf}
        input={{ max: today }} fault={faults.asOf === undefined ? undefined : t.asOfFault} />
      <Select label={t.level} name="level" value={view.level ?? ''}
        options={[every, ...SCHOOL_LEVELS.map((value) => ({ value, label: levelText[lang][value] }))]} />
      <Select label={t.area} name="area" value={view.area ?? ''}
        options={[every, ...AREAS.map((value) => ({ value, label: t[value] }))]} />
      <Select label={t.feeGroup} name="feeGroup" value={view.feeGroup ?? ''}
        options={[every, ...FEE_GROUPS.map((value) => ({ value, label: t[value] }))]} />
      <Select label={t.thresholdOf} name="thresholdOf" value={view.thresholdOf} class="field-narrow"
        options={[{ value: 'M3', label: t.trendStudents }, { value: 'M5', label: t.trendMoney }]} />
      <Field label={t.threshold} name="threshold" value={faults.threshold ?? view.threshold} class="field-narrow"
        input={{ inputMode: 'decimal', maxLength: 6 }}
        fault={faults.threshold === undefined ? undefined : t.thresholdFault} />
      {view.measure !== 'M3' && <input type="hidden" name="measure" value={view.measure} />}
      {view.state !== null && <input type="hidden" name="state" value={view.state} />}
      <Button>{t.show}</Button>
    </form>
  )
}
