// The frame of one round's pages: its name and state, the tabs between its parts, and what the last act came to.
import type { FastifyRequest } from 'fastify'
import type { ComponentChildren } from 'preact'
import { Tabs } from '../components/content.js'
import { Badge, Notice } from '../components/notice.js'
import { dayText } from '../format.js'
import { DeskPage } from '../layout.js'
import type { Lang } from '../text.js'
import { roundPath, roundsPath } from './desk-links.js'
import { mayHere } from './may-here.js'
import { roundsText } from './rounds-text.js'

export interface ShownRound {
  id: string
  name: string
  schoolYear: string
  dueOn: string
  state: 'open' | 'closed'
}

export type RoundTab = 'overview' | 'plan' | 'preview' | 'bills' | 'items'

interface RoundFrameProps {
  request: FastifyRequest
  schoolId: string
  schoolName: string
  round: ShownRound
  /** None on the page of one student. */
  tab: RoundTab | null
  done?: string | undefined
  /** Why an act was not done. */
  refused?: string | undefined
  scripts?: readonly string[]
  children: ComponentChildren
}

export function RoundFrame(props: RoundFrameProps) {
  const { request, schoolId, schoolName, round, tab, done, refused, scripts = [], children } = props
  const t = roundsText[request.lang]
  const path = roundPath(schoolId, round.id)
  const tabs = [
    { key: 'overview', href: path, label: t.tabOverview, scope: 'invoices:read' },
    { key: 'plan', href: `${path}/plan`, label: t.tabPlan, scope: 'fees:read' },
    { key: 'preview', href: `${path}/preview`, label: t.tabPreview, scope: 'invoices:read' },
    { key: 'bills', href: `${path}/bills`, label: t.tabBills, scope: 'invoices:read' },
    { key: 'items', href: `${path}/items`, label: t.tabItems, scope: 'invoices:read' },
  ] as const
  const shown = tabs.filter(({ scope }) => mayHere(request, schoolId, scope))
    .map(({ key, ...link }) => ({ ...link, current: key === tab }))
  return (
    <DeskPage request={request} schoolId={schoolId} schoolName={schoolName} title={round.name} current="rounds"
      scripts={scripts} styles={['collecting.css']}>
      <div class="page-head">
        <div>
          <p class="small"><a href={roundsPath(schoolId)}>{t.rounds}</a> · {t.schoolYear} {round.schoolYear}</p>
          <h1>{round.name}</h1>
        </div>
        <div class="row">
          <span class="soft">{t.dueOn} {dayText(round.dueOn)}</span>
          <RoundState state={round.state} lang={request.lang} />
        </div>
      </div>
      <Tabs label={t.sections} tabs={shown} />
      <Outcome lang={request.lang} done={done} refused={refused} />
      {children}
    </DeskPage>
  )
}

export function RoundState({ state, lang }: { state: 'open' | 'closed'; lang: Lang }) {
  const t = roundsText[lang]
  return state === 'open' ? <Badge tone="info">{t.stateOpen}</Badge> : <Badge tone="plain">{t.stateClosed}</Badge>
}

/** The notice after an act; a code that nobody knows is a plain "saved". */
export function Outcome({ lang, done, refused }: {
  lang: Lang; done: string | undefined; refused: string | undefined
}) {
  if (refused !== undefined) return <Notice tone="bad"><p>{refused}</p></Notice>
  return done === undefined ? null : <Notice tone="good"><p>{doneText(lang, done)}</p></Notice>
}

function doneText(lang: Lang, done: string): string {
  const t = roundsText[lang]
  const known: Readonly<Record<string, string>> = {
    round: t.doneRound, plan: t.donePlan, closed: t.doneClosed, reopened: t.doneReopened, cancelled: t.doneCancelled,
    lines: t.doneLines, items: t.doneItems,
  }
  return known[done] ?? t.done
}
