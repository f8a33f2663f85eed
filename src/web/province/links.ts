// The addresses of the dashboard and of the files of its tables.
import type { Model } from './model.js'
import { viewQuery } from './query.js'
import type { DashboardView } from './query.js'

export const EXPORTS = ['glance', 'groups', 'trend', 'distribution', 'schools', 'table'] as const
export type ExportName = (typeof EXPORTS)[number]

export function provincePath(authorityId: string, view?: DashboardView, change?: Partial<DashboardView>): string {
  return `/province/${authorityId}${view === undefined ? '' : `?${viewQuery(view, change)}`}`
}

export function schoolsPath(authorityId: string, view: DashboardView, change?: Partial<DashboardView>): string {
  return `/province/${authorityId}/schools?${viewQuery(view, change)}`
}

export function schoolPath(authorityId: string, schoolId: string, asOf: string): string {
  return `/province/${authorityId}/schools/${schoolId}?asOf=${asOf}`
}

export const SCHOOL_EXPORTS = ['groups', 'ways', 'grades'] as const
export type SchoolExportName = (typeof SCHOOL_EXPORTS)[number]

export function schoolExportPath(
  { authorityId, schoolId, asOf }: { authorityId: string; schoolId: string; asOf: string }, name: SchoolExportName,
): string {
  return `/province/${authorityId}/schools/${schoolId}/export/${name}?asOf=${asOf}`
}

export function reportPath(authorityId: string, view: DashboardView): string {
  return `/province/${authorityId}/report?${viewQuery(view)}`
}

export function exportPath({ authority, view }: Pick<Model, 'authority' | 'view'>, name: ExportName): string {
  return `/province/${authority.id}/export/${name}?${viewQuery(view)}`
}
