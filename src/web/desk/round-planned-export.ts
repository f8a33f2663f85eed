// What issuing a round would change, and who chose which optional item, as files.
import type { Table, TableColumn } from '../../export/table.js'
import type { OptionalItemCount, StudentChoices } from '../../invoicing/optional-items.js'
import type { Preview } from '../../invoicing/preview.js'
import type { Lang } from '../text.js'
import { billsText } from './round-bills-text.js'
import type { ShownRound } from './round-frame.js'
import { choiceText } from './round-items.js'
import { CHANGES, changeText } from './round-preview.js'
import { roundsText } from './rounds-text.js'

export function changeTable({ diff }: Preview, round: ShownRound, lang: Lang): Table {
  const t = roundsText[lang]
  return {
    fileName: `${t.previewTitle} - ${round.name}`, sheetName: t.previewTitle,
    columns: [
      { title: t.change, kind: 'text' }, { title: t.bills, kind: 'integer' }, { title: t.issuedNow, kind: 'vnd' },
      { title: t.after, kind: 'vnd' },
    ],
    rows: CHANGES.map((change) =>
      [changeText(change, lang), diff[change].invoices, diff[change].issuedPayableVnd, diff[change].payableVnd]),
  }
}

export function plannedFeeTable({ byFeeKind }: Preview, round: ShownRound, lang: Lang): Table {
  const t = roundsText[lang]
  return {
    fileName: `${t.previewTitle}, ${t.byFee} - ${round.name}`, sheetName: t.byFee, columns: sumColumns(t.fee, lang),
    rows: byFeeKind.map(({ name, students, exemptedVnd, payableVnd }) => [name, students, exemptedVnd, payableVnd]),
  }
}

export function plannedClassTable({ byClass }: Preview, round: ShownRound, lang: Lang): Table {
  const t = roundsText[lang]
  return {
    fileName: `${t.previewTitle}, ${t.byClass} - ${round.name}`, sheetName: t.byClass,
    columns: sumColumns(t.class, lang),
    rows: byClass.map(({ name, students, exemptedVnd, payableVnd }) => [name, students, exemptedVnd, payableVnd]),
  }
}

function sumColumns(title: string, lang: Lang): TableColumn[] {
  const t = roundsText[lang]
  return [
    { title, kind: 'text' }, { title: t.students, kind: 'integer' }, { title: t.exempted, kind: 'vnd' },
    { title: t.billed, kind: 'vnd' },
  ]
}

export function itemTable(counts: readonly OptionalItemCount[], round: ShownRound, lang: Lang): Table {
  const t = billsText[lang]
  return {
    fileName: `${t.items} - ${round.name}`, sheetName: t.items,
    columns: [
      { title: t.item, kind: 'text' }, { title: t.offered, kind: 'integer' }, { title: t.chosen, kind: 'integer' },
      { title: t.declined, kind: 'integer' }, { title: t.waiting, kind: 'integer' }, { title: t.sum, kind: 'vnd' },
    ],
    rows: counts.map(({ name, offered, chosen, declined, payableVnd }) =>
      [name, offered, chosen, declined, offered - chosen - declined, payableVnd]),
  }
}

export interface ChoiceOfClass extends StudentChoices {
  className: string
}

export function choiceTable(choices: AsyncIterable<ChoiceOfClass>, round: ShownRound, lang: Lang): Table {
  const t = billsText[lang]
  return {
    fileName: `${t.ofClass} - ${round.name}`, sheetName: t.items,
    columns: [
      { title: roundsText[lang].class, kind: 'text' }, { title: t.student, kind: 'text' }, { title: t.chosen, kind: 'text' },
    ],
    rows: choiceRows(choices, lang),
  }
}

async function* choiceRows(choices: AsyncIterable<ChoiceOfClass>, lang: Lang) {
  for await (const choice of choices) yield [choice.className, choice.name, choiceText(choice, lang)]
}
