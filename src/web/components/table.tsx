// Tables: figures to the right in digits of one width, a header for every column, and a frame of their own to
// scroll in where the screen is narrow, so that the page itself never does.
import type { ComponentChildren } from 'preact'
import { EmptyState } from './notice.js'

export interface Column<Row> {
  title: string
  /** `number`: right-aligned figures; `head`: names the row; `wide`: a long text that needs room on a phone. */
  kind?: 'text' | 'number' | 'head' | 'wide'
  cell: (row: Row) => ComponentChildren
  /** In the last line, for totals. */
  foot?: ComponentChildren
}

interface TableProps<Row> {
  /** Read aloud before the table, and shown unless `captionHidden`. */
  caption: string
  captionHidden?: boolean
  columns: readonly Column<Row>[]
  rows: readonly Row[]
  keyOf: (row: Row) => string
  empty: string
  class?: string
}

export function Table<Row>({ caption, captionHidden = false, columns, rows, keyOf, empty, ...props }: TableProps<Row>) {
  if (rows.length === 0) return <EmptyState>{empty}</EmptyState>
  const hasFoot = columns.some(({ foot }) => foot !== undefined)
  return (
    <div class="table-frame" role="region" aria-label={caption} tabIndex={0}>
      <table class={`table ${props.class ?? ''}`}>
        <caption class={captionHidden ? 'visually-hidden' : undefined}>{caption}</caption>
        <thead>
          <tr>{columns.map(({ title, kind }) => <th key={title} scope="col" class={classOf(kind)}>{title}</th>)}</tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={keyOf(row)}>
              {columns.map(({ title, kind, cell }) => kind === 'head'
                ? <th key={title} scope="row">{cell(row)}</th>
                : <td key={title} class={classOf(kind)}>{cell(row)}</td>)}
            </tr>
          ))}
        </tbody>
        {hasFoot && (
          <tfoot>
            <tr>{columns.map(({ title, kind, foot }) => <td key={title} class={classOf(kind)}>{foot}</td>)}</tr>
          </tfoot>
        )}
      </table>
    </div>
  )
}

function classOf(kind: Column<never>['kind']): string | undefined {
  return kind === 'number' || kind === 'wide' ? kind : undefined
}

/** The way to the next page of a list by key; there is no way back but the browser's. */
export function Pager({ nextHref, label }: { nextHref: string | null; label: string }) {
  if (nextHref === null) return null
  return <p class="pager"><a class="button button-plain" href={nextHref} rel="next">{label}</a></p>
}
