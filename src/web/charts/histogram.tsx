// How many of something fall into each step of a scale, as bars with their numbers written on them.
import { max } from 'd3-array'
import { scaleBand, scaleLinear } from 'd3-scale'
import { wholeText } from '../format.js'

interface HistogramProps {
  id: string
  title: string
  description: string
  bins: readonly { label: string; count: number }[]
}

const SIZE = { width: 640, height: 300 }
const EDGE = { top: 30, right: 4, bottom: 34, left: 4 }

export function Histogram({ id, title, description, bins }: HistogramProps) {
  const x = scaleBand().domain(bins.map(({ label }) => label)).range([EDGE.left, SIZE.width - EDGE.right])
    .paddingInner(0.12)
  const floor = SIZE.height - EDGE.bottom
  const y = scaleLinear().domain([0, Math.max(1, max(bins, ({ count }) => count) ?? 1)]).range([floor, EDGE.top])
  const middle = (label: string): number => (x(label) ?? 0) + x.bandwidth() / 2
  return (
    <svg class="chart" viewBox={`0 0 ${SIZE.width} ${SIZE.height}`} role="img" aria-labelledby={`${id}-title ${id}-desc`}>
      <title id={`${id}-title`}>{title}</title>
      <desc id={`${id}-desc`}>{description}</desc>
      <line class="chart-axis" x1={EDGE.left} x2={SIZE.width - EDGE.right} y1={floor} y2={floor} />
      {bins.map(({ label, count }) => (
        <g key={label}>
          <rect class="chart-bar" x={x(label)} y={y(count)} width={x.bandwidth()} height={floor - y(count)} />
          <text class={count === 0 ? 'chart-tick' : 'chart-label'} x={middle(label)} y={y(count) - 7} text-anchor="middle">
            {wholeText(count)}
          </text>
          <text class="chart-tick" x={middle(label)} y={SIZE.height - 8} text-anchor="middle">{label}</text>
        </g>
      ))}
    </svg>
  )
}
