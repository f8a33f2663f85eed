// Several shares over time as lines in one drawing. Lines differ by dash, sign and name and not by colour
// alone, so that the chart is read on paper in black and white; it carries its title and description for
// screen readers.
import { scaleLinear, scalePoint } from 'd3-scale'
import { line } from 'd3-shape'

export interface ChartLine {
  /** Short enough to stand at the end of the line. */
  label: string
  /** In the legend below. */
  name: string
  /** One a point, in percent; null where there is none. */
  values: readonly (number | null)[]
}

interface LineChartProps {
  id: string
  title: string
  description: string
  /** The names of the points, in order. */
  points: readonly string[]
  lines: readonly ChartLine[]
}

const SIZE = { width: 640, height: 300 }
const EDGE = { top: 14, right: 62, bottom: 34, left: 58 }
const TICKS = [0, 25, 50, 75, 100]
const LABELS_MAX = 6
// Room for the larger letters of a narrow screen.
const LABEL_HEIGHT = 22

export function LineChart({ id, title, description, points, lines }: LineChartProps) {
  const x = scalePoint<number>().domain(points.map((_point, index) => index))
    .range([EDGE.left, SIZE.width - EDGE.right])
  const y = scaleLinear().domain([0, 100]).range([SIZE.height - EDGE.bottom, EDGE.top])
  const at = (index: number): number => x(index) ?? EDGE.left
  const every = Math.ceil(points.length / LABELS_MAX)
  return (
    <svg class="chart" viewBox={`0 0 ${SIZE.width} ${SIZE.height}`} role="img" aria-labelledby={`${id}-title ${id}-desc`}>
      <title id={`${id}-title`}>{title}</title>
      <desc id={`${id}-desc`}>{description}</desc>
      {TICKS.map((tick) => (
        <g key={tick}>
          <line class="chart-grid" x1={EDGE.left} x2={SIZE.width - EDGE.right} y1={y(tick)} y2={y(tick)} />
          <text class="chart-tick" x={EDGE.left - 8} y={y(tick)} text-anchor="end" dominant-baseline="middle">{`${tick}%`}</text>
        </g>
      ))}
      {points.map((point, index) => (points.length - 1 - index) % every === 0 && (
        <text key={point} class="chart-tick" x={at(index)} y={SIZE.height - 8} text-anchor="middle">{point}</text>
      ))}
      {lines.map(({ label, values }, series) => (
        <path key={label} class={`chart-line chart-line-${series + 1}`} d={pathOf(values, at, y)} />
      ))}
      {lines.map(({ label, values }, series) => values.map((value, index) => value !== null && (
        <Sign key={`${label} ${points[index]}`} series={series} x={at(index)} y={y(value)} />
      )))}
      {endLabels(lines, y).map(({ label, y: top, series }) => (
        <g key={label}>
          <Sign series={series} x={SIZE.width - EDGE.right + 16} y={top} />
          <text class="chart-label" x={SIZE.width - EDGE.right + 26} y={top} dominant-baseline="middle">{label}</text>
        </g>
      ))}
    </svg>
  )
}

/** The names of the lines with their signs and dashes, for below the chart. */
export function LineLegend({ lines }: Pick<LineChartProps, 'lines'>) {
  return (
    <ul class="chart-legend">
      {lines.map(({ label, name }, series) => (
        <li key={label}>
          <svg class="chart-key" viewBox="0 0 44 14" aria-hidden="true">
            <path class={`chart-line chart-line-${series + 1}`} d="M1 7H43" />
            <Sign series={series} x={22} y={7} />
          </svg>
          {label}: {name}
        </li>
      ))}
    </ul>
  )
}

function pathOf(values: ChartLine['values'], x: (index: number) => number, y: (value: number) => number): string {
  const draw = line<number | null>().defined((value) => value !== null).x((_value, index) => x(index))
    .y((value) => y(value ?? 0))
  return draw([...values]) ?? ''
}

/** A circle, a square, a triangle: each line has its own. */
function Sign({ series, x, y }: { series: number; x: number; y: number }) {
  const name = `chart-sign chart-sign-${series + 1}`
  if (series === 0) return <circle class={name} cx={x} cy={y} r="3.5" />
  if (series === 1) return <rect class={name} x={x - 3.5} y={y - 3.5} width="7" height="7" />
  return <path class={name} d={`M${x} ${y - 4.5}L${x + 4.5} ${y + 3.5}L${x - 4.5} ${y + 3.5}Z`} />
}

interface EndLabel {
  label: string
  series: number
  y: number
}

/** Each name beside the end of its line, moved apart where lines end together. */
function endLabels(lines: readonly ChartLine[], y: (value: number) => number): EndLabel[] {
  const labels = lines.map(({ label, values }, series): EndLabel => (
    { label, series, y: y(values.findLast((value) => value !== null) ?? 0) }))
  labels.sort((one, other) => one.y - other.y)
  const bottom = SIZE.height - EDGE.bottom
  for (const [index, label] of labels.entries()) {
    const above = labels[index - 1]
    if (above !== undefined) label.y = Math.max(label.y, above.y + LABEL_HEIGHT)
  }
  const last = labels.at(-1)
  const tooLow = last === undefined ? 0 : Math.max(0, last.y - bottom)
  return labels.map((label) => ({ ...label, y: label.y - tooLow }))
}
