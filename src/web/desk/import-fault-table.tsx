// The faults of a list: which row and column of the file, and what to do about it.
import type { RosterFault } from '../../directory/roster.js'
import { Table } from '../components/table.js'
import { wholeText } from '../format.js'
import type { Lang } from '../text.js'
import { faultText } from './import-fault-text.js'
import { importText } from './import-text.js'

export function FaultTable({ lang, faults }: { lang: Lang; faults: readonly RosterFault[] }) {
  const t = importText[lang]
  return (
    <Table caption={t.faults} captionHidden rows={faults} empty={t.none}
      keyOf={({ row, column, code }) => `${row} ${column ?? ''} ${code}`} columns={[
        { title: t.row, kind: 'number', cell: ({ row }) => wholeText(row) },
        { title: t.column, kind: 'head', cell: ({ column }) => column ?? t.wholeRow },
        { title: t.reason, kind: 'wide', cell: (fault) => faultText(fault, lang) },
      ]} />
  )
}
