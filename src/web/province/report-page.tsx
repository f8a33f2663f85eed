// The report on paper: A4, in black and white too, with whose figures they are, of which day and scope, how
// they are counted, and room to sign. It prints what the overview of the same address shows.
import type { FastifyRequest } from 'fastify'
import { MEASURE_VERSION } from '../../adoption/measure.js'
import { timeText } from '../format.js'
import { ProvincePage } from '../layout.js'
import type { Lang } from '../text.js'
import { CellTable } from './cell-table.js'
import { provincePath } from './links.js'
import type { Model } from './model.js'
import { TrendChart, TrendLegend, TrioTable } from './sections.js'
import { measureKey } from './query.js'
import { countWords, rateWords } from './share.js'
import { levelText, reportText, text } from './text.js'

interface ReportProps {
  model: Model
  lang: Lang
}

export function ReportPage({ request, model }: { request: FastifyRequest; model: Model }) {
  const { lang } = request
  const [t, r] = [text[lang], reportText[lang]]
  const { authority, view } = model
  const part = { model, lang }
  const trio = { lang, smallCellMin: model.smallCellMin }
  return (
    <ProvincePage request={request} title={r.heading} authorityId={authority.id} authorityName={authority.name}
      current="report" styles={['province.css']}>
      <p class="small no-print"><a href={provincePath(authority.id, view)}>{t.back}</a> · {r.printHint}</p>
      <article class="report">
        <ReportHead {...part} />
        <h2>{r.part1}</h2>
        <MeasureTable {...part} />
        <h2>{r.part2}</h2>
        <TrioTable caption={t.byGroup} head={t.feeGroup} {...trio}
          rows={model.byGroup.map((row) => ({ ...row, key: row.group, name: t[row.group] }))} />
        {model.byArea.length > 0 && (
          <TrioTable caption={t.byArea} head={t.area} {...trio}
            rows={model.byArea.map((row) => ({ ...row, key: row.area, name: t[row.area] }))} />
        )}
        <section class="report-keep">
          <h2>{r.part3}</h2>
          <TrendChart {...part} />
          <TrendLegend {...part} />
        </section>
        <h2>{r.part4}</h2>
        <p class="small">{t[measureKey(view.measure)]} ({view.measure}). {t.tableNote}</p>
        <CellTable {...part} measure={view.measure} />
        <section class="report-keep">
          <h2>{r.part5}</h2>
          <Definitions {...part} />
          <Signatures {...part} />
        </section>
      </article>
    </ProvincePage>
  )
}

function ReportHead({ model, lang }: ReportProps) {
  const [t, r] = [text[lang], reportText[lang]]
  const { authority, view } = model
  return (
    <header class="report-head">
      <div class="report-head-row">
        <div>
          {authority.parentName !== null && <p>{authority.parentName.toLocaleUpperCase('vi')}</p>}
          <p class="report-strong">{authority.name.toLocaleUpperCase('vi')}</p>
        </div>
        <div>
          <p class="report-strong">{r.nation}</p>
          <p class="report-strong report-motto">{r.motto}</p>
        </div>
      </div>
      <p class="report-date">{r.dateLine}</p>
      <h1>{r.heading}</h1>
      <p class="report-strong">{r.subject}</p>
      <p>{t.asOfDay(view.asOf)}, {t.schoolYear(model.schoolYear)}</p>
      <p class="report-scope">
        {r.scope(model.schools.length, view.level === null ? t.all : levelText[lang][view.level],
          view.area === null ? t.all : t[view.area], view.feeGroup === null ? t.all : t[view.feeGroup])}
      </p>
    </header>
  )
}

function MeasureTable({ model, lang }: ReportProps) {
  const t = text[lang]
  const { glance, lastYear, view } = model
  const context = { lang, smallCellMin: model.smallCellMin }
  const rows = [
    { code: 'M1', name: t.m1, key: 'm1', unit: 'schools' }, { code: 'M2', name: t.m2, key: 'm2', unit: 'schools' },
    { code: 'M3', name: t.m3, key: 'm3', unit: 'students' }, { code: 'M4', name: t.m4, key: 'm4', unit: 'payments' },
    { code: 'M5', name: t.m5, key: 'm5', unit: 'vnd' },
    { code: 'M6', name: `${t.m6} (${t.m6Of(view.thresholdOf, `${view.threshold}%`)})`, key: 'm6', unit: 'schools' },
  ] as const
  return (
    <div class="table-frame" role="region" aria-label={reportText[lang].part1} tabIndex={0}>
      <table class="table">
        <thead>
          <tr>
            <th scope="col">{t.measure}</th>
            <th scope="col" class="number">{t.numerator} / {t.denominator}</th>
            <th scope="col" class="number">{t.rate}</th>
            <th scope="col" class="number">{t.lastYear(lastYear.asOf)}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ code, name, key, unit }) => (
            <tr key={code}>
              <th scope="row">{code}. {name}</th>
              <td class="number">{countWords(glance[key], unit) ?? ''}</td>
              <td class="number"><strong>{rateWords(glance[key], context)}</strong></td>
              <td class="number">{rateWords(lastYear.glance[key], context)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Definitions({ model, lang }: ReportProps) {
  const [t, r] = [text[lang], reportText[lang]]
  return (
    <div class="report-definitions">
      <ul>
        {[t.m1Means, t.m2Means, t.m3Means, t.m4Means, t.m5Means, t.m6Means].map((means, index) => (
          <li key={means}><strong>M{index + 1}.</strong> {means}</li>
        ))}
      </ul>
      <p>{r.rounding} {t.why(model.smallCellMin)}</p>
      <p>{r.definition(MEASURE_VERSION)} {t.readAt(timeText(model.readAt))}.</p>
    </div>
  )
}

function Signatures({ lang }: ReportProps) {
  const r = reportText[lang]
  return (
    <div class="report-signatures">
      <div><p class="report-strong">{r.author}</p><p class="small">{r.sign}</p></div>
      <div><p class="report-strong">{r.head}</p><p class="small">{r.seal}</p></div>
    </div>
  )
}
