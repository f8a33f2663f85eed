// How a share looks on every page of the dashboard: the rate with its counts, or in words why there is none.
import type { HidableShare } from '../../adoption/figure.js'
import { rateText, vndText, wholeText } from '../format.js'
import type { Lang } from '../text.js'
import { text } from './text.js'

export interface ShareContext {
  lang: Lang
  smallCellMin: number
}

export type Unit = 'schools' | 'students' | 'payments' | 'vnd'

/** `91,46%`, or why there is no rate. */
export function rateWords({ rate, numerator, suppressed }: HidableShare, { lang, smallCellMin }: ShareContext): string {
  const t = text[lang]
  if (suppressed) return t.hiddenBelow(smallCellMin)
  if (rate !== null) return rateText(rate)
  return numerator === null ? t.refused : t.noData
}

/** `546/597`; null where nothing is shown. */
export function countWords({ numerator, denominator }: HidableShare, unit: Unit): string | null {
  if (numerator === null || denominator === null) return null
  const write = unit === 'vnd' ? vndText : wholeText
  return `${write(numerator)} / ${write(denominator)}`
}

/** A cell of a table: the rate, and its counts under it in small. */
export function ShareCell({ share, unit, context }: { share: HidableShare; unit: Unit; context: ShareContext }) {
  const counts = countWords(share, unit)
  const isRate = share.rate !== null
  return (
    <>
      <span class={isRate ? 'share-rate' : 'share-none'}>{rateWords(share, context)}</span>
      {isRate && counts !== null && <span class="share-counts">{counts}</span>}
    </>
  )
}
