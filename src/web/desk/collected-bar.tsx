// How much of what was billed came in, as a bar with its figures beside it: the same on every page that shows a round.
import { rateText } from '../../adoption/rate.js'
import { rateText as shownRate, vndText } from '../format.js'
import type { Lang } from '../text.js'
import { roundsText } from './rounds-text.js'

interface CollectedBarProps {
  lang: Lang
  billedVnd: number
  collectedVnd: number
}

export function CollectedBar({ lang, billedVnd, collectedVnd }: CollectedBarProps) {
  const t = roundsText[lang]
  return (
    <div class="progress collected-bar">
      <progress max={Math.max(billedVnd, 1)} value={collectedVnd} aria-label={t.collectedOfBilled} />
      <span class="number">{shareText(collectedVnd, billedVnd)}</span>
      <span class="number soft">{vndText(collectedVnd)} / {vndText(billedVnd)}</span>
    </div>
  )
}

/** `91,46%`, or a dash where nothing was billed. */
export function shareText(collectedVnd: number, billedVnd: number): string {
  const rate = rateText({ numerator: collectedVnd, denominator: billedVnd })
  return rate === null ? '–' : shownRate(rate)
}
