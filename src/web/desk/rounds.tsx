// The list of a school's rounds with what each brought in, and the form that opens a new one.
import type { FastifyRequest } from 'fastify'
import type { RoundListItem } from '../../invoicing/round-figures.js'
import { Card } from '../components/content.js'
import { Button, Field, PostForm, Select } from '../components/form.js'
import { Notice } from '../components/notice.js'
import { Pager, Table } from '../components/table.js'
import type { Column } from '../components/table.js'
import { dayText, vndText, wholeText } from '../format.js'
import { DeskPage } from '../layout.js'
import { shareText } from './collected-bar.js'
import { roundPath, roundsPath } from './desk-links.js'
import { ExportLinks } from '../components/export-links.js'
import type { Faults } from './form-fields.js'
import { mayHere } from './may-here.js'
import { RoundState } from './round-frame.js'
import { roundsText } from './rounds-text.js'

/** What was typed, to be shown again beside its faults. */
export interface RoundDraft {
  name: string
  schoolYear: string
  dueOn: string
  copyFrom: string
}

export interface RoundsProps {
  request: FastifyRequest
  schoolId: string
  schoolName: string
  rounds: readonly RoundListItem[]
  nextHref: string | null
  schoolYears: readonly string[]
  draft: RoundDraft
  faults: Faults
  refused?: string | undefined
}

export function RoundsPage(props: RoundsProps) {
  const { request, schoolId, schoolName, rounds, nextHref, refused } = props
  const t = roundsText[request.lang]
  return (
    <DeskPage request={request} schoolId={schoolId} schoolName={schoolName} title={t.rounds} current="rounds">
      <div class="page-head"><h1>{t.rounds}</h1><ExportLinks lang={request.lang} href={roundsPath(schoolId)} /></div>
      {refused !== undefined && <Notice tone="bad"><p>{refused}</p></Notice>}
      <Table caption={t.rounds} captionHidden columns={columns(props)} rows={rounds} keyOf={({ id }) => id}
        empty={t.noRounds} />
      <Pager nextHref={nextHref} label={t.more} />
      {mayHere(request, schoolId, 'fees:write') && <NewRound {...props} />}
    </DeskPage>
  )
}

function columns({ request, schoolId }: RoundsProps): Column<RoundListItem>[] {
  const t = roundsText[request.lang]
  return [
    { title: t.round, kind: 'head', cell: ({ id, name }) => <a href={roundPath(schoolId, id)}>{name}</a> },
    { title: t.schoolYear, cell: ({ schoolYear }) => schoolYear },
    { title: t.dueOn, cell: ({ dueOn }) => <span class="number">{dayText(dueOn)}</span> },
    { title: t.bills, kind: 'number', cell: ({ invoices }) => wholeText(invoices) },
    { title: t.billed, kind: 'number', cell: ({ billedVnd }) => vndText(billedVnd) },
    { title: t.collected, kind: 'number', cell: ({ collectedVnd }) => vndText(collectedVnd) },
    { title: t.open, kind: 'number', cell: ({ openVnd }) => vndText(openVnd) },
    { title: t.rate, kind: 'number', cell: ({ collectedVnd, billedVnd }) => shareText(collectedVnd, billedVnd) },
    { title: t.state, cell: ({ state }) => <RoundState state={state} lang={request.lang} /> },
  ]
}

function NewRound({ request, schoolId, rounds, schoolYears, draft, faults }: RoundsProps) {
  const t = roundsText[request.lang]
  const sources = rounds.map(({ id, name, schoolYear }) => ({ value: id, label: `${name} (${schoolYear})` }))
  return (
    <Card title={t.newRound}>
      <PostForm request={request} action={roundsPath(schoolId)} class="form">
        <Field label={t.name} name="name" value={draft.name} hint={t.nameHint} fault={faults['name']} required
          input={{ maxLength: 200 }} />
        <Select label={t.schoolYear} name="schoolYear" value={draft.schoolYear} fault={faults['schoolYear']}
          options={schoolYears.map((year) => ({ value: year, label: year }))} />
        <Field label={t.dueOn} name="dueOn" type="date" value={draft.dueOn} hint={t.dueOnHint} fault={faults['dueOn']}
          required />
        {sources.length > 0 && (
          <Select label={t.copyFrom} name="copyFrom" value={draft.copyFrom}
            options={[{ value: '', label: t.copyNothing }, ...sources]} />
        )}
        <div class="row"><Button>{t.openRound}</Button></div>
      </PostForm>
    </Card>
  )
}
