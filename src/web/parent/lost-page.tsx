// Where a link leads that is no bill's, and where a banking app leads back to: never nowhere. Neither says whether
// something like the given link exists.
import type { FastifyRequest } from 'fastify'
import { ButtonLink } from '../components/form.js'
import { Notice } from '../components/notice.js'
import { OpenPage } from '../layout.js'
import { text } from './text.js'

export function BillNotFoundPage({ request }: { request: FastifyRequest }) {
  const t = text[request.lang]
  return (
    <OpenPage request={request} title={t.notFound} styles={['parent.css']}>
      <h1>{t.notFound}</h1>
      <Notice tone="warn">
        <p>{t.notFoundBody}</p>
        <p>{t.notFoundAsk}</p>
      </Notice>
      <ButtonLink href="/check">{t.toCheck}</ButtonLink>
    </OpenPage>
  )
}

export function BackPage({ request }: { request: FastifyRequest }) {
  const t = text[request.lang]
  return (
    <OpenPage request={request} title={t.back} styles={['parent.css']}>
      <h1>{t.back}</h1>
      <Notice tone="info"><p>{t.backBody}</p></Notice>
      <ButtonLink href="/check">{t.toCheck}</ButtonLink>
    </OpenPage>
  )
}
