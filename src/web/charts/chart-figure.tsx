// The frame of a chart: its legend and its table stand under it, for whoever reads numbers, uses a screen
// reader or prints in black and white.
import type { ComponentChildren } from 'preact'

export function ChartFigure({ chart, legend, tableTitle, children }: {
  chart: ComponentChildren
  legend?: ComponentChildren
  tableTitle: string
  children: ComponentChildren
}) {
  return (
    <figure class="chart-figure">
      {chart}
      {legend}
      <details class="chart-table no-print">
        <summary>{tableTitle}</summary>
        {children}
      </details>
    </figure>
  )
}
