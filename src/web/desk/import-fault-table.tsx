// The faults of a list: which row and column of the file, and what to do about it.
import type { OtherStudent } from '../../directory/roster-plan.js'
import type { RosterFault, RosterPlace } from '../../directory/roster-student.js'
import { Table } from '../components/table.js'
import type { Column } from '../components/table.js'
import { wholeText } from '../format.js'
import type { Lang } from '../text.js'
import { faultText } from './import-fault-text.js'
import { importText } from './import-text.js'

/** Only where the file has several lists. */
export function sheetColumn(rows: readonly RosterPlace[], lang: Lang): Column<RosterPlace>[] {
  if (rows.every(({ sheet }) => sheet === undefined)) return []
  return [{ title: importText[lang].sheet, cell: ({ sheet }) => sheet ?? '' }]
}

export function FaultTable({ lang, faults, others }: {
  lang: Lang; faults: readonly RosterFault[]; others?: ReadonlyMap<string, OtherStudent> | undefined
}) {
  const t = importText[lang]
  return (
    <Table caption={t.faults} captionHidden rows={faults} empty={t.none}
      keyOf={({ sheet, row, column, code }) => `${sheet ?? ''} ${row} ${column ?? ''} ${code}`} columns={[
        ...sheetColumn(faults, lang),
        { title: t.row, kind: 'number', cell: ({ row }) => wholeText(row) },
        { title: t.column, kind: 'head', cell: ({ column }) => column ?? t.wholeRow },
        { title: t.reason, kind: 'wide', cell: (fault) => faultText(fault, lang, others) },
      ]} />
  )
}
