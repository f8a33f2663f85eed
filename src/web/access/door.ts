// Behind which doors does a person work? The first page leads straight to the only one, or lets them choose. Pure.
import type { Viewer } from '../../access/viewer.js'

export interface Door {
  href: string
  /** Of the school or the authority; null for the administration. */
  place: string | null
}

/** Each place once, in the order in which the roles were given. */
export function doorsOf({ assignments, may }: Pick<Viewer, 'assignments' | 'may'>): Door[] {
  const doors = new Map<string, Door>()
  for (const { schoolId, schoolName, authorityId, authorityName } of assignments) {
    const door = schoolId !== null
      // A cashier has no view of the bank accounts, with which the desk opens.
      ? { href: `/desk/${schoolId}${may('banking:read', { schoolId }) ? '' : '/cash'}`, place: schoolName }
      : authorityId !== null ? { href: `/province/${authorityId}`, place: authorityName }
        : { href: '/admin/users', place: null }
    doors.set(door.href, door)
  }
  return [...doors.values()]
}

/** Where a sign-in was meant to lead: a path of our own, never another site, never the sign-in again. */
export function safeNext(next: string | undefined): string {
  if (next === undefined || !next.startsWith('/') || !URL.canParse(next, 'http://page')) return '/'
  const { origin, pathname, search } = new URL(next, 'http://page')
  // `/.//elsewhere` has our origin and the path `//elsewhere`, which a browser takes for another site.
  if (origin !== 'http://page' || pathname.startsWith('//')) return '/'
  return /^\/log(in|out)(\/|$)/.test(pathname) ? '/' : pathname + search
}
