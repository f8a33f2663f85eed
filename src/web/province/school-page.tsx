// One school as its authority sees it: sums by fee group, by way of payment and by grade. No child is behind
// any link.
import type { FastifyRequest } from 'fastify'
import type { GradeLine, SchoolReport } from '../../adoption/school-report.js'
import { schoolYearOf } from '../../time.js'
import { Card, Facts } from '../components/content.js'
import { ExportLinks } from '../components/export-links.js'
import { Notice } from '../components/notice.js'
import { Table } from '../components/table.js'
import { timeText, vndText, wholeText } from '../format.js'
import { ProvincePage } from '../layout.js'
import type { Lang } from '../text.js'
import { provincePath, schoolExportPath } from './links.js'
import type { SchoolExportName } from './links.js'
import { StateBadge } from './school-tables.js'
import { ShareCell } from './share.js'
import { levelText, text } from './text.js'

interface PartProps {
  report: SchoolReport
  lang: Lang
  smallCellMin: number
}

export function SchoolPage({ request, report, smallCellMin }: {
  request: FastifyRequest; report: SchoolReport; smallCellMin: number
}) {
  const { lang } = request
  const t = text[lang]
  const { authority, line, asOf, readAt } = report
  const hidden = t.hiddenBelow(smallCellMin)
  const part = { report, lang, smallCellMin }
  return (
    <ProvincePage request={request} title={line.name} authorityId={authority.id} authorityName={authority.name}
      current="province" styles={['province.css']}>
      <p class="small no-print"><a href={`${provincePath(authority.id)}?asOf=${asOf}`}>{t.back}</a></p>
      <div class="page-head">
        <div>
          <h1>{line.name}</h1>
          <p>
            <strong>{t.asOfDay(asOf)}</strong>, {t.schoolYear(schoolYearOf(asOf))}.{' '}
            <span class="small soft">{t.readAt(timeText(readAt))}.</span>
          </p>
        </div>
        <StateBadge state={line.state} lang={lang} />
      </div>
      {line.students.suppressed && <Notice tone="info"><p>{t.schoolHidden}</p></Notice>}
      <div class="columns columns-wide">
        <Card>
          <Facts items={[
            { name: t.managedBy, value: line.managedBy?.name ?? t.noManager },
            { name: t.level, value: line.levels.map((level) => levelText[lang][level]).join(', ') },
            { name: t.area, value: line.urban ? t.urban : t.rural },
            { name: `${t.m1} (M1)`, value: line.hasChannel ? t.yes : t.no },
            { name: t.zeroBill, value: report.zeroBillStudents === null ? hidden : wholeText(report.zeroBillStudents) },
          ]} />
        </Card>
        <Card title={t.byGroup} action={<Files report={report} lang={lang} name="groups" />}><Groups {...part} /></Card>
        {report.classes.length > 0 && <Card title={t.byClass} action={<Files report={report} lang={lang} name="ways" />}><Classes {...part} /></Card>}
        {!line.students.suppressed && <Card title={t.byGrade} action={<Files report={report} lang={lang} name="grades" />}><Grades {...part} /></Card>}
      </div>
      <p class="small soft">{t.why(smallCellMin)}</p>
    </ProvincePage>
  )
}

function Files({ report: { authority, line, asOf }, lang, name }: Omit<PartProps, 'smallCellMin'> & {
  name: SchoolExportName
}) {
  const of = { authorityId: authority.id, schoolId: line.schoolId, asOf }
  return <ExportLinks lang={lang} href={schoolExportPath(of, name)} />
}

function Groups({ report, lang, smallCellMin }: PartProps) {
  const t = text[lang]
  const context = { lang, smallCellMin }
  return (
    <Table caption={t.byGroup} captionHidden rows={report.groups} keyOf={({ group }) => group} empty={t.noData}
      columns={[
        { title: t.feeGroup, kind: 'head', cell: ({ group }) => t[group] },
        { title: 'M3', kind: 'number',
          cell: ({ students }) => <ShareCell share={students} unit="students" context={context} /> },
        { title: 'M5', kind: 'number', cell: ({ money }) => <ShareCell share={money} unit="vnd" context={context} /> },
      ]} />
  )
}

function Classes({ report, lang, smallCellMin }: PartProps) {
  const t = text[lang]
  const hidden = <span class="share-none">{t.hiddenBelow(smallCellMin)}</span>
  return (
    <Table caption={t.byClass} captionHidden rows={report.classes} keyOf={({ paymentClass }) => paymentClass}
      empty={t.noData} columns={[
        { title: t.way, kind: 'head', cell: ({ paymentClass }) => t[paymentClass] },
        { title: t.isCashless, cell: ({ isCashless }) => isCashless ? t.yes : t.no },
        { title: t.payments, kind: 'number', cell: ({ payments }) => payments === null ? hidden : wholeText(payments) },
        { title: t.amount, kind: 'number', cell: ({ moneyVnd }) => moneyVnd === null ? hidden : vndText(moneyVnd) },
      ]} />
  )
}

function Grades({ report, lang, smallCellMin }: PartProps) {
  const t = text[lang]
  const nameOf = ({ grade }: GradeLine): string => grade === null ? t.noGrade : t.gradeName(grade)
  return (
    <Table caption={t.byGrade} captionHidden rows={report.grades} keyOf={nameOf} empty={t.noBills} columns={[
      { title: t.grade, kind: 'head', cell: nameOf },
      { title: 'M3', kind: 'number', cell: ({ students }) =>
        <ShareCell share={students} unit="students" context={{ lang, smallCellMin }} /> },
    ]} />
  )
}
