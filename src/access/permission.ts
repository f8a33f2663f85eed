// Which role may do what: the one table of rights, default deny. A role is held at a school, at an authority or over
// the whole system, never at a holder of another kind. Pure.
import type { Scope } from './actor.js'

export const ROLES = [
  'system_admin', 'department_officer', 'commune_officer', 'head', 'accountant', 'cashier', 'auditor',
] as const
export type Role = (typeof ROLES)[number]

/** Where a role is held. */
export type HolderKind = 'system' | 'authority' | 'school'

interface Rights {
  heldAt: HolderKind
  scopes: readonly Scope[]
}

/** A scope that is not in a role's row is refused to it. */
const PERMISSIONS: Readonly<Record<Role, Rights>> = {
  // Sets the system up and sees to its people; takes no part in money (facts/school-fees: separation of duties). Bank
  // channels are the accountant's: whoever renews a channel's secret could sign transfers that never were.
  system_admin: {
    heldAt: 'system',
    scopes: ['admin', 'directory:read', 'directory:write', 'fees:read', 'banking:read', 'reports:read', 'users:write',
      'audit:read'],
  },
  department_officer: { heldAt: 'authority', scopes: ['reports:read'] },
  commune_officer: { heldAt: 'authority', scopes: ['reports:read'] },
  // Answers for the school and sees everything in it, but leaves the books to the accountant.
  head: {
    heldAt: 'school',
    scopes: ['directory:read', 'fees:read', 'invoices:read', 'banking:read', 'review:read', 'reports:read',
      'users:write', 'audit:read'],
  },
  accountant: {
    heldAt: 'school',
    scopes: ['directory:read', 'directory:write', 'fees:read', 'fees:write', 'invoices:read', 'invoices:write',
      'banking:read', 'banking:write', 'review:read', 'review:write', 'cash:write', 'reports:read'],
  },
  cashier: { heldAt: 'school', scopes: ['directory:read', 'invoices:read', 'cash:write'] },
  auditor: {
    heldAt: 'school',
    scopes: ['directory:read', 'fees:read', 'invoices:read', 'banking:read', 'review:read', 'reports:read',
      'audit:read'],
  },
}

/** Officers are held at an authority of their own kind (src/directory/authority.ts). */
export const AUTHORITY_KINDS: Partial<Record<Role, readonly ('ministry' | 'department' | 'district_office' | 'commune')[]>> = {
  department_officer: ['ministry', 'department'],
  commune_officer: ['commune', 'district_office'],
}

/** Scopes with which money or rights can be moved. */
const DANGEROUS: readonly Scope[] = [
  'admin', 'fees:write', 'invoices:write', 'banking:write', 'review:write', 'cash:write', 'users:write',
]

export function scopesOf(role: Role): readonly Scope[] {
  return PERMISSIONS[role].scopes
}

export function holderKindOf(role: Role): HolderKind {
  return PERMISSIONS[role].heldAt
}

/** True for a role that can move money or rights: a password alone does not open it. */
export function needsSecondFactor(role: Role): boolean {
  return PERMISSIONS[role].scopes.some((scope) => DANGEROUS.includes(scope))
}

/** The roles that a head of a school gives and ends: those that hold less than the head's own right over people. */
const UNDER_HEAD: readonly Role[] = ['accountant', 'cashier', 'auditor']

/** Which roles somebody with `users:write` may give: a system admin all, the head of a school those below. */
export function rolesGivenBy(holder: HolderKind): readonly Role[] {
  switch (holder) {
    case 'system': return ROLES
    case 'school': return UNDER_HEAD
    case 'authority': return []
  }
}
