// The person behind a request that came with a session: what a page needs to know to greet them and to show only
// what they may use. A page never decides a right by it; the hook in http/auth.ts has done that before.
import type { Scope } from './actor.js'
import type { Role } from './permission.js'

/** A role of somebody, with the names a page shows. */
export interface ViewerAssignment {
  role: Role
  schoolId: string | null
  schoolName: string | null
  authorityId: string | null
  authorityName: string | null
}

/** Where a right is asked about; nothing given asks for the whole system. */
export interface Place {
  schoolId?: string
  authorityId?: string
}

export interface Viewer {
  userId: string
  displayName: string
  /** Goes back with every unsafe request (http/csrf.ts). */
  csrfToken: string
  assignments: readonly ViewerAssignment[]
  /** Whether an assignment at the place, or one over the whole system, holds the scope: to show or hide a button. */
  may(scope: Scope, place?: Place): boolean
}
