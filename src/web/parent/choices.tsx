// What a parent may add to the bill or leave out, with its price and its reason. A tick pays nothing: it changes the
// bill, and may be taken back until the round's due day.
import type { FastifyRequest } from 'fastify'
import type { OptionalItem, OptionalItems } from '../../invoicing/optional-items.js'
import { Card } from '../components/content.js'
import { Button, Checkbox, PostForm } from '../components/form.js'
import { Notice } from '../components/notice.js'
import { ShownItems } from '../components/shown-items.js'
import { dayText, vndText } from '../format.js'
import type { Lang } from '../text.js'
import { feeGroupText, text } from './text.js'

/** Saved, or why it was not: too many changes of this child today, or of this network in a minute. */
export type ChoicesOutcome = 'saved' | 'too_many' | 'too_fast'

interface ChoicesProps {
  request: FastifyRequest
  path: string
  offer: OptionalItems
  outcome: ChoicesOutcome | undefined
}

export function Choices({ request, path, offer, outcome }: ChoicesProps) {
  const { lang } = request
  const t = text[lang]
  const { items, lastDay, refusal } = offer
  if (items.length === 0) return null
  return (
    <div id="choices" class="no-print">
      <Card title={t.choices}>
        {outcome === 'saved' && <Notice tone="good"><p>{t.choicesSaved}</p></Notice>}
        {outcome === 'too_many' && <Notice tone="warn"><p>{t.choicesTooMany}</p></Notice>}
        {outcome === 'too_fast' && <Notice tone="warn"><p>{t.choicesTooFast}</p></Notice>}
        <p class="small soft">{refusal === null ? t.choicesHint(dayText(lastDay)) : t.choicesOver}</p>
        <PostForm request={request} action={`${path}/choices#choices`} class="stack">
          <ShownItems items={items} />
          {items.map((item) => (
            <Checkbox key={item.feeKindId} id={`choice-${item.code}`} name="chosen" value={item.feeKindId}
              checked={item.chosen} disabled={refusal !== null} label={<ItemLabel item={item} lang={lang} />} />
          ))}
          {refusal === null && <Button kind="plain">{t.choicesSend}</Button>}
        </PostForm>
      </Card>
    </div>
  )
}

function ItemLabel({ item, lang }: { item: OptionalItem; lang: Lang }) {
  return (
    <>
      {item.name}: <span class="number">{vndText(item.payableVnd)}</span>
      <span class="line-note">{`${feeGroupText[lang][item.feeGroup]}. ${text[lang].basis(item.legalBasis)}`}</span>
    </>
  )
}
