// The list of a school's students, class by class, with what each has to pay: where the accountant finds a child.
import type { FastifyRequest } from 'fastify'
import { Tabs } from '../components/content.js'
import { Button, ButtonLink, Field, Select } from '../components/form.js'
import { Pager, Table } from '../components/table.js'
import type { Column } from '../components/table.js'
import { dayText, vndText } from '../format.js'
import { DeskPage } from '../layout.js'
import { mayHere } from './may-here.js'
import type { ClassOption } from './round-queries.js'
import { importPath, queryOf, studentPath, studentsPath } from './student-links.js'
import type { ListedStudent, StudentsFilter, StudentTotals, StudentView } from './students-queries.js'
import { studentsText } from './students-text.js'

interface StudentsPageProps {
  request: FastifyRequest
  schoolId: string
  schoolName: string
  filter: StudentsFilter
  classes: readonly ClassOption[]
  totals: StudentTotals
  students: readonly ListedStudent[]
  nextCursor: string | null
}

export function StudentsPage(props: StudentsPageProps) {
  const { request, schoolId, schoolName, filter, totals, students, nextCursor } = props
  const t = studentsText[request.lang]
  const isFiltered = filter.q !== undefined || filter.classId !== undefined || filter.view !== 'all'
  const nextHref = nextCursor === null ? null : hrefOf(props, { cursor: nextCursor })
  return (
    <DeskPage request={request} schoolId={schoolId} schoolName={schoolName} title={t.students} current="students"
      styles={['students.css']}>
      <div class="page-head">
        <div>
          <h1>{t.students}</h1>
          <p class="soft small">{t.year(filter.schoolYear)}</p>
        </div>
        {mayHere(request, schoolId, 'directory:write') && (
          <ButtonLink href={importPath(schoolId)} kind={totals.students === 0 ? 'main' : 'plain'}>{t.import}</ButtonLink>
        )}
      </div>
      {totals.students > 0 && <Filters {...props} />}
      {totals.students > 0 && <Tabs label={t.views} tabs={viewTabs(props)} />}
      <Table caption={t.students} captionHidden columns={columns(props)} rows={students} keyOf={({ id }) => id}
        empty={isFiltered || totals.students > 0 ? t.none : t.noneYet} />
      <Pager nextHref={nextHref} label={t.more} />
      {students.length > 0 && <Exports {...props} />}
    </DeskPage>
  )
}

function hrefOf({ schoolId, filter }: StudentsPageProps, more: Readonly<Record<string, string>> = {}): string {
  const { q, classId, view } = filter
  const asked = view === 'all' ? undefined : view
  return `${studentsPath(schoolId)}${queryOf({ q, class: classId, view: asked, ...more })}`
}

function viewTabs(props: StudentsPageProps) {
  const { request, totals, filter } = props
  const t = studentsText[request.lang]
  const tab = (view: StudentView, label: string, count: number) => ({
    href: hrefOf({ ...props, filter: { ...filter, view } }), label, count, current: filter.view === view,
  })
  return [
    tab('all', t.all, totals.students), tab('open', t.open, totals.withOpen), tab('credit', t.credit, totals.withCredit),
    ...(filter.classId === undefined ? [tab('no_class', t.noClass, totals.noClass)] : []),
  ]
}

function Filters({ request, schoolId, filter, classes }: StudentsPageProps) {
  const t = studentsText[request.lang]
  return (
    <form class="filters" method="get" action={studentsPath(schoolId)}>
      <Field label={t.search} name="q" type="search" value={filter.q ?? ''} input={{ maxLength: 100, autocomplete: 'off' }} />
      <Select label={t.class} name="class" value={filter.classId ?? ''}
        options={[{ value: '', label: t.allClasses }, ...classes.map(({ id, name }) => ({ value: id, label: name }))]} />
      {filter.view !== 'all' && <input type="hidden" name="view" value={filter.view} />}
      <Button kind="plain">{t.filter}</Button>
    </form>
  )
}

function columns({ request, schoolId }: StudentsPageProps): Column<ListedStudent>[] {
  const t = studentsText[request.lang]
  return [
    { title: t.class, cell: ({ className }) => className ?? <span class="soft">—</span> },
    { title: t.name, kind: 'head', cell: ({ id, fullName }) => <a href={studentPath(schoolId, id)}>{fullName}</a> },
    { title: t.openVnd, kind: 'number', cell: ({ openVnd }) => (openVnd > 0 ? <strong>{vndText(openVnd)}</strong> : vndText(0)) },
    { title: t.billed, kind: 'number', cell: ({ billedVnd }) => vndText(billedVnd) },
    { title: t.paid, kind: 'number', cell: ({ paidVnd }) => vndText(paidVnd) },
    { title: t.held, kind: 'number', cell: ({ heldVnd }) => (heldVnd > 0 ? vndText(heldVnd) : '—') },
    { title: t.birthOn, cell: ({ birthOn }) => <span class="number">{birthOn === null ? '—' : dayText(birthOn)}</span> },
    { title: t.moetStudentId, cell: (student) => <span class="number">{student.moetStudentId ?? student.schoolCode ?? '—'}</span> },
  ]
}

function Exports(props: StudentsPageProps) {
  const { request, schoolId, filter: { q, classId, view } } = props
  const t = studentsText[request.lang]
  const query = queryOf({ q, class: classId, view: view === 'all' ? undefined : view })
  return (
    <p class="row">
      <ButtonLink href={`${studentsPath(schoolId)}.xlsx${query}`}>{t.exportXlsx}</ButtonLink>
      <ButtonLink href={`${studentsPath(schoolId)}.csv${query}`}>{t.exportCsv}</ButtonLink>
    </p>
  )
}
