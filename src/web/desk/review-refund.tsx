// Whose refund was this money out? One press for each credit, or sum of credits, that waits and has its amount.
import type { RefundCandidate } from '../../reconciliation/decide-refund.js'
import { Card } from '../components/content.js'
import { Button, PostForm } from '../components/form.js'
import { Notice } from '../components/notice.js'
import type { ActsProps } from './review-acts.js'
import { reviewItemPath } from './review-links.js'
import { reviewText } from './review-text.js'

export function RefundForm({ request, schoolId, item, requestId, refunds }: ActsProps) {
  const t = reviewText[request.lang]
  const said = (one: RefundCandidate) => `${one.fullName}${one.isSamePayer ? ` · ${t.samePayer}` : ''}`
  return (
    <Card title={t.refundTitle}>
      <p class="soft small">{t.refundHint}</p>
      {refunds.length === 0 && <Notice tone="info"><p>{t.noRefund}</p></Notice>}
      {refunds.length > 0 && (
        <PostForm request={request} action={`${reviewItemPath(schoolId, item.id)}/refund`} class="form">
          <input type="hidden" name="requestId" value={`${requestId}-refund`} />
          <ul class="plain-list">
            {refunds.map((one) => (
              <li key={one.creditIds.join(' ')}>
                <Button kind="plain" name="credits" value={one.creditIds.join(' ')}>{said(one)}</Button>
              </li>
            ))}
          </ul>
        </PostForm>
      )}
    </Card>
  )
}
