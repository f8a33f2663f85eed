// The optional items of a round: how many chose each, who of a class chose what, and the choice of one student.
import type { FastifyRequest } from 'fastify'
import type { OptionalItem, OptionalItemCount, OptionalItems, StudentChoices } from '../../invoicing/optional-items.js'
import { Card } from '../components/content.js'
import { ExportLinks } from '../components/export-links.js'
import { Button, Checkbox, PostForm, Select } from '../components/form.js'
import { EmptyState, Notice } from '../components/notice.js'
import { ShownItems } from '../components/shown-items.js'
import { Table } from '../components/table.js'
import type { Column } from '../components/table.js'
import { dayText, timeText, vndText, wholeText } from '../format.js'
import type { Lang } from '../text.js'
import { roundPath, roundStudentPath } from './desk-links.js'
import { billsText } from './round-bills-text.js'
import { RoundFrame } from './round-frame.js'
import type { ShownRound } from './round-frame.js'
import type { ClassOption } from './round-queries.js'
import { roundsText } from './rounds-text.js'
import { queryOf } from './student-links.js'

interface RoundItemsProps {
  request: FastifyRequest
  schoolId: string
  schoolName: string
  round: ShownRound
  counts: readonly OptionalItemCount[]
  classes: readonly ClassOption[]
  classId: string | undefined
  choices: readonly StudentChoices[]
}

export function RoundItemsPage(props: RoundItemsProps) {
  const { request, counts, round } = props
  const t = billsText[request.lang]
  return (
    <RoundFrame {...props} tab="items">
      {counts.length === 0 ? <EmptyState>{t.itemsNone}</EmptyState> : (
        <>
          <p class="soft">{round.state === 'closed' ? t.itemsClosed : t.itemsUntil(dayText(round.dueOn))}</p>
          <Card title={t.items} action={<ExportLinks lang={request.lang}
            href={`${roundPath(props.schoolId, round.id)}/export/items`} />}>
            <Table caption={t.items} captionHidden columns={countColumns(request.lang)} rows={counts}
              keyOf={({ feeKindId }) => feeKindId} empty={t.itemsNone} />
          </Card>
          <ClassChoices {...props} />
        </>
      )}
    </RoundFrame>
  )
}

function countColumns(lang: Lang): Column<OptionalItemCount>[] {
  const t = billsText[lang]
  return [
    { title: t.item, kind: 'head', cell: ({ name }) => name },
    { title: t.offered, kind: 'number', cell: ({ offered }) => wholeText(offered) },
    { title: t.chosen, kind: 'number', cell: ({ chosen }) => wholeText(chosen) },
    { title: t.declined, kind: 'number', cell: ({ declined }) => wholeText(declined) },
    { title: t.waiting, kind: 'number', cell: ({ offered, chosen, declined }) => wholeText(offered - chosen - declined) },
    { title: t.sum, kind: 'number', cell: ({ payableVnd }) => vndText(payableVnd) },
  ]
}

export function choiceText({ chosen, undecided }: StudentChoices, lang: Lang): string {
  const t = billsText[lang]
  return chosen.join(', ') || (undecided > 0 ? t.undecided : t.noneChosen)
}

function ClassChoices({ request, schoolId, round, classes, classId, choices }: RoundItemsProps) {
  const { lang } = request
  const t = billsText[lang]
  const columns: Column<StudentChoices>[] = [
    { title: t.student, kind: 'head',
      cell: ({ studentId, name }) => <a href={roundStudentPath(schoolId, round.id, studentId)}>{name}</a> },
    { title: t.chosen, cell: (choice) => choiceText(choice, lang) },
  ]
  return (
    <Card title={t.ofClass} action={<ExportLinks lang={lang}
      href={`${roundPath(schoolId, round.id)}/export/choices${queryOf({ classId })}`} />}>
      <form method="get" action={`${roundPath(schoolId, round.id)}/items`} class="filters">
        <Select label={roundsText[lang].class} name="classId" value={classId ?? ''}
          options={[{ value: '', label: t.chooseClass }, ...classes.map(({ id, name }) => ({ value: id, label: name }))]} />
        <Button kind="plain">{t.show}</Button>
      </form>
      {classId === undefined ? <p class="soft">{t.pickClass}</p> : (
        <Table caption={t.ofClass} captionHidden columns={columns} rows={choices} keyOf={({ studentId }) => studentId}
          empty={t.itemsNone} />
      )}
    </Card>
  )
}

interface StudentItemsProps {
  request: FastifyRequest
  schoolId: string
  round: ShownRound
  studentId: string
  items: OptionalItems
  editable: boolean
}

export function StudentItems({ request, schoolId, round, studentId, items, editable }: StudentItemsProps) {
  const { lang } = request
  const t = billsText[lang]
  if (items.items.length === 0) return null
  const canChoose = editable && items.refusal === null
  return (
    <Card title={t.items}>
      <PostForm request={request} action={`${roundStudentPath(schoolId, round.id, studentId)}/items`} class="stack">
        <When items={items} lang={lang} />
        <ShownItems items={items.items} />
        {items.items.map((item) => (
          <Checkbox key={item.feeKindId} id={`item-${item.feeKindId}`} name="item" value={item.feeKindId}
            checked={item.chosen} disabled={!canChoose} label={<ItemLabel item={item} lang={lang} />} />
        ))}
        {canChoose && <Button>{t.saveItems}</Button>}
      </PostForm>
    </Card>
  )
}

function When({ items: { refusal, lastDay }, lang }: { items: OptionalItems; lang: Lang }) {
  const t = billsText[lang]
  if (refusal === null) return <p class="soft">{t.itemsUntil(dayText(lastDay))}</p>
  return <Notice tone="info"><p>{refusal === 'ROUND_CLOSED_CONFLICT' ? t.itemsClosed : t.itemsLate(dayText(lastDay))}</p></Notice>
}

function ItemLabel({ item, lang }: { item: OptionalItem; lang: Lang }) {
  const t = billsText[lang]
  const who = item.decidedBy === null || item.decidedAt === null
    ? t.undecided
    : t.decidedBy(item.decidedBy.startsWith('parent') ? t.byParent : t.byDesk, timeText(item.decidedAt))
  return (
    <>
      {item.name}: <strong class="number">{vndText(item.payableVnd)}</strong>{' '}
      <span class="soft small">{item.legalBasis} · {who}</span>
    </>
  )
}
