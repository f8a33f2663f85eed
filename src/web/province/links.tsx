// The addresses of the dashboard, and the links with which a table leaves it as a file.
import { catalogue } from '../text.js'
import type { Lang } from '../text.js'
import type { Model } from './model.js'
import { viewQuery } from './query.js'
import type { DashboardView } from './query.js'

export const EXPORTS = ['glance', 'groups', 'trend', 'distribution', 'schools', 'table'] as const
export type ExportName = (typeof EXPORTS)[number]

const text = catalogue({
  csv: { vi: 'Tải CSV', en: 'CSV' },
  xlsx: { vi: 'Tải Excel', en: 'Excel' },
})

export function provincePath(authorityId: string, view?: DashboardView, change?: Partial<DashboardView>): string {
  return `/province/${authorityId}${view === undefined ? '' : `?${viewQuery(view, change)}`}`
}

export function schoolsPath(authorityId: string, view: DashboardView, change?: Partial<DashboardView>): string {
  return `/province/${authorityId}/schools?${viewQuery(view, change)}`
}

export function schoolPath(authorityId: string, schoolId: string, asOf: string): string {
  return `/province/${authorityId}/schools/${schoolId}?asOf=${asOf}`
}

export function reportPath(authorityId: string, view: DashboardView): string {
  return `/province/${authorityId}/report?${viewQuery(view)}`
}

export function exportPath({ authority, view }: Pick<Model, 'authority' | 'view'>, name: ExportName): string {
  return `/province/${authority.id}/export/${name}?${viewQuery(view)}`
}

export function ExportLinks({ href, lang }: { href: string; lang: Lang }) {
  return (
    <span class="row small no-print">
      <a href={`${href}&format=xlsx`} download>{text[lang].xlsx}</a>
      <a href={`${href}&format=csv`} download>{text[lang].csv}</a>
    </span>
  )
}
