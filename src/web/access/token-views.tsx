// How API tokens look: the list, and the one page that ever shows a token.
import type { FastifyRequest } from 'fastify'
import type { NamedToken, TokenState } from '../../access/tokens.js'
import { Card, Copyable, Facts } from '../components/content.js'
import { ExportLinks } from '../components/export-links.js'
import { Button, ButtonLink, PostForm } from '../components/form.js'
import { Badge, Notice } from '../components/notice.js'
import type { Tone } from '../components/notice.js'
import { Pager, Table } from '../components/table.js'
import { timeText } from '../format.js'
import type { Lang } from '../text.js'
import { PeopleFrame } from './people-views.js'
import type { Around } from './people-views.js'
import { scopeNames, tokenText } from './token-text.js'

export const TOKENS: Around = { schoolId: null, schoolName: '', base: '/admin/tokens' }

export function TokenList({ request, tokens, done, nextHref }: {
  request: FastifyRequest; tokens: readonly NamedToken[]; done: string | undefined; nextHref: string | null
}) {
  const { lang } = request
  const t = tokenText[lang]
  return (
    <PeopleFrame request={request} around={TOKENS} title={t.tokens} current="tokens">
      <div class="page-head">
        <h1>{t.tokens}</h1>
        <div class="row">
          {tokens.length > 0 && <ExportLinks lang={lang} href={TOKENS.base} />}
          <ButtonLink kind="main" href={`${TOKENS.base}/new`}>{t.add}</ButtonLink>
        </div>
      </div>
      {done !== undefined && <Notice tone="good"><p>{done}</p></Notice>}
      <p class="soft">{t.intro}</p>
      <Table class="people-table" caption={t.tokens} captionHidden rows={tokens} keyOf={({ id }) => id} empty={t.none}
        columns={[
          { title: t.name, kind: 'head', cell: ({ name }) => <span class="token-name">{name}</span> },
          { title: t.place, cell: (token) => placeText(token, lang) },
          { title: t.scopes, kind: 'wide', cell: ({ scopes }) => scopeNames(scopes, lang).join('; ') },
          { title: t.created, kind: 'number', cell: ({ createdAt }) => timeText(createdAt) },
          { title: t.lastUsed, kind: 'number', cell: ({ lastUsedAt }) => timeOr(lastUsedAt, t.neverUsed) },
          { title: t.expires, kind: 'number', cell: ({ expiresAt }) => timeOr(expiresAt, t.neverExpires) },
          { title: t.state, cell: ({ state }) => <Badge tone={TONES[state]}>{t[state]}</Badge> },
          { title: t.actions, cell: (token) => token.state === 'active' && <Revoke request={request} token={token} /> },
        ]} />
      <Pager nextHref={nextHref} label={t.next} />
    </PeopleFrame>
  )
}

const TONES: Readonly<Record<TokenState, Tone | 'plain'>> = { active: 'good', expired: 'plain', revoked: 'bad' }

function timeOr(at: Date | null, otherwise: string) {
  return at === null ? <span class="soft">{otherwise}</span> : timeText(at)
}

export function placeText({ schoolName, authorityName }: NamedToken, lang: Lang): string {
  return schoolName ?? authorityName ?? tokenText[lang].system
}

function Revoke({ request, token: { id, name } }: { request: FastifyRequest; token: NamedToken }) {
  const t = tokenText[request.lang]
  return (
    <PostForm request={request} action={`${TOKENS.base}/${id}/revoke`} class="row-form" confirm={t.revokeAsk(name)}>
      <Button kind="danger">{t.revoke}</Button>
    </PostForm>
  )
}

/** The token, on the only page that ever shows it. */
export function TokenView({ request, name, token }: { request: FastifyRequest; name: string; token: string }) {
  const t = tokenText[request.lang]
  return (
    <PeopleFrame request={request} around={TOKENS} title={name} current="tokens">
      <h1>{name}</h1>
      <Notice tone="good"><p>{t.made(name)}</p></Notice>
      <Card>
        <Facts items={[{
          name: t.token, value: <Copyable value={token} shown={<span class="one-time">{token}</span>} label={t.copy} />,
        }]} />
        <p>{t.shownOnce}</p>
      </Card>
      <ButtonLink kind="main" href={TOKENS.base}>{t.toList}</ButtonLink>
    </PeopleFrame>
  )
}
