// The audit log, at two doors: of a school, and of what belongs to no school. Newest first; it can only be read.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { Static } from 'typebox'
import { listAuditActions, readAudit } from '../../access/read-audit.js'
import type { AuditEntry, AuditPage } from '../../access/read-audit.js'
import type { Deps } from '../../deps.js'
import { isDay } from '../../time.js'
import { TABLE_FORMATS } from '../../export/table-file.js'
import { ExportLinks } from '../components/export-links.js'
import { findSchoolName } from '../desk/school-name.js'
import { Button, ButtonLink, Field, Select } from '../components/form.js'
import { Notice } from '../components/notice.js'
import { Pager, Table } from '../components/table.js'
import { timeText } from '../format.js'
import { sendPage } from '../page.js'
import { sendSchoolTable } from '../school-table.js'
import type { Lang } from '../text.js'
import { actionName, actorName, detailText, objectKindName } from './audit-text.js'
import { actorText, auditTable } from './people-export.js'
import { PeopleFrame } from './people-views.js'
import type { Around } from './people-views.js'
import { peopleText } from './people-text.js'

const AuditQuery = Type.Object({
  lang: Type.Optional(Type.String({ maxLength: 5 })),
  action: Type.Optional(Type.String({ maxLength: 100 })),
  actor: Type.Optional(Type.String({ maxLength: 100 })),
  day: Type.Optional(Type.String({ maxLength: 20 })),
  cursor: Type.Optional(Type.String({ maxLength: 1_000 })),
  format: Type.Optional(Type.Enum(TABLE_FORMATS)),
})
const SchoolParams = Type.Object({ schoolId: Type.String() })
type Query = Static<typeof AuditQuery>

const ENTRIES_SHOWN = 100
const config = { scope: 'audit:read', page: true } as const

export function auditPages({ db }: Pick<Deps, 'db'>): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get('/admin/audit', { config, schema: { hide: true, querystring: AuditQuery } }, (request, reply) =>
      send(request, reply, { schoolId: null, schoolName: '', base: '/admin/audit' }, request.query))

    app.get('/desk/:schoolId/audit', {
      config, schema: { hide: true, params: SchoolParams, querystring: AuditQuery },
    }, async (request, reply) => {
      const { schoolId } = request.params
      const around = { schoolId, schoolName: await findSchoolName(db, schoolId), base: `/desk/${schoolId}/audit` }
      return send(request, reply, around, request.query)
    })
  }

  async function send(
    request: FastifyRequest, reply: FastifyReply, around: Around, query: Query,
  ): Promise<FastifyReply> {
    const filter = {
      action: withoutBlank(query.action), actor: withoutBlank(query.actor),
      day: query.day !== undefined && isDay(query.day) ? query.day : undefined,
    }
    if (query.format !== undefined) {
      const { action, actor, day } = filter
      return sendSchoolTable(request, reply, {
        db, schoolId: around.schoolId, format: query.format,
        table: auditTable(db, around.schoolId, filter, request.lang),
        audit: { action: 'audit.export', list: 'audit', narrowedBy: { action, actor, days: day } },
      })
    }
    const [page, actions] = await Promise.all([
      readAudit({ db }, around.schoolId, { ...filter, cursor: query.cursor, limit: ENTRIES_SHOWN }),
      listAuditActions({ db }, around.schoolId),
    ])
    return sendPage(reply, (
      <AuditView request={request} around={around} page={page} actions={actions} filter={filter} />
    ))
  }
}

function withoutBlank(text: string | undefined): string | undefined {
  return text === '' ? undefined : text
}

interface Filter {
  action: string | undefined
  actor: string | undefined
  day: string | undefined
}

function AuditView({ request, around, page, actions, filter }: {
  request: FastifyRequest; around: Around; page: AuditPage; actions: readonly string[]; filter: Filter
}) {
  const { lang } = request
  const t = peopleText[lang]
  const { items, nextCursor } = page
  const isFiltered = Object.values(filter).some((value) => value !== undefined)
  return (
    <PeopleFrame request={request} around={around} title={t.audit} current="audit">
      <div class="page-head"><h1>{t.audit}</h1><ExportLinks lang={lang} href={hrefOf(around, filter)} /></div>
      <p class="soft">{t.auditIntro}</p>
      <form class="filters" method="get" action={around.base}>
        <Select label={t.what} name="action" value={filter.action ?? ''} options={[
          { value: '', label: t.allActions },
          ...actions.map((action) => ({ value: action, label: actionName(action, lang) })),
        ]} />
        <Field label={t.day} name="day" type="date" value={filter.day ?? ''} />
        {filter.actor !== undefined && <input type="hidden" name="actor" value={filter.actor} />}
        <Button kind="plain">{t.filter}</Button>
        {isFiltered && <ButtonLink kind="quiet" href={around.base}>{t.clear}</ButtonLink>}
      </form>
      {filter.actor !== undefined && (
        <Notice tone="info"><p>{t.onlyOf(items[0] === undefined ? actorName(filter.actor, lang) : actorText(items[0], lang))}</p></Notice>
      )}
      <Table class="people-table" caption={t.audit} captionHidden rows={items} keyOf={({ id }) => id} empty={t.auditNone} columns={[
        { title: t.time, cell: ({ recordedAt }) => <span class="number">{timeText(recordedAt)}</span> },
        { title: t.who, kind: 'head', cell: (entry) => (
          <a href={hrefOf(around, { ...filter, actor: entry.actor })}>{actorText(entry, lang)}</a>
        ) },
        { title: t.what, cell: ({ action }) => actionName(action, lang) },
        { title: t.object, cell: (entry) => <span title={entry.objectId}>{objectText(entry, lang)}</span> },
        { title: t.detail, cell: (entry) => <Detail entry={entry} lang={lang} /> },
        { title: t.address, cell: ({ address }) => address ?? '' },
      ]} />
      <Pager nextHref={nextCursor === null ? null : hrefOf(around, filter, nextCursor)} label={t.older} />
    </PeopleFrame>
  )
}

function hrefOf({ base }: Around, filter: Filter, cursor?: string): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries({ ...filter, cursor })) if (value !== undefined) query.set(name, value)
  return `${base}?${String(query)}`
}

/** An id says which row it is; only people and tokens have a name here. */
function objectText({ objectKind, objectId, objectName }: AuditEntry, lang: Lang): string {
  const kind = objectKindName(objectKind, lang)
  return objectName ?? (objectKind === 'list' ? kind : `${kind} …${objectId.slice(-6)}`)
}

function Detail({ entry, lang }: { entry: AuditEntry; lang: Lang }) {
  const [now, then] = [detailText(entry.after, lang), detailText(entry.before, lang)]
  return (
    <div class="audit-detail">
      {now}{then !== '' && <>{now !== '' && <br />}{peopleText[lang].before}: {then}</>}
    </div>
  )
}
