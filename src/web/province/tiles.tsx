// The three figures that are always shown side by side, each with what it counts, its counts and last year's
// final: schools that deploy, students who paid, money that came. One alone misleads.
import type { HidableShare } from '../../adoption/figure.js'
import type { Lang } from '../text.js'
import type { Model } from './model.js'
import { countWords, rateWords } from './share.js'
import type { Unit } from './share.js'
import { text } from './text.js'

const TRIO = [
  { code: 'M2', key: 'm2', means: 'm2Means', unit: 'schools', unitText: 'unitSchools' },
  { code: 'M3', key: 'm3', means: 'm3Means', unit: 'students', unitText: 'unitStudents' },
  { code: 'M5', key: 'm5', means: 'm5Means', unit: 'vnd', unitText: null },
] as const

export function Tiles({ model, lang }: { model: Model; lang: Lang }) {
  const t = text[lang]
  return (
    <div class="tiles">
      {TRIO.map(({ code, key, means, unit, unitText }) => (
        <Tile key={code} code={code} title={t[key]} means={t[means]} share={model.glance[key]} unit={unit}
          unitText={unitText === null ? '' : t[unitText]} last={model.lastYear.glance[key]}
          lastTitle={t.lastYear(model.lastYear.asOf)} context={{ lang, smallCellMin: model.smallCellMin }} />
      ))}
    </div>
  )
}

interface TileProps {
  code: string
  title: string
  means: string
  share: HidableShare
  unit: Unit
  unitText: string
  last: HidableShare
  lastTitle: string
  context: { lang: Lang; smallCellMin: number }
}

function Tile({ code, title, means, share, unit, unitText, last, lastTitle, context }: TileProps) {
  const counts = countWords(share, unit)
  const lastCounts = countWords(last, unit)
  return (
    <section class="card tile">
      <h2>{title} <span class="soft">({code})</span></h2>
      <p class={share.rate === null ? 'tile-none' : 'tile-rate'}>{rateWords(share, context)}</p>
      {counts !== null && <p class="number tile-counts">{counts} {unitText}</p>}
      <p class="small soft">{means}</p>
      <p class="small tile-last">
        {lastTitle}: <strong class="number">{rateWords(last, context)}</strong>
        {last.rate !== null && lastCounts !== null && <span class="number soft"> ({lastCounts})</span>}
      </p>
    </section>
  )
}
