// Who is asking, and what they may do where. Every write names its actor in the audit log; every route names the
// scope it needs. Pure.

export const SCOPES = [
  'admin',
  'directory:read',
  'directory:write',
  'fees:read',
  'fees:write',
  'invoices:read',
  'invoices:write',
  'banking:read',
  'banking:write',
  'cash:write',
  'review:read',
  'review:write',
  'reports:read',
  'users:write',
  'audit:read',
] as const
/**
 * A right, of a token or of a role. `admin` makes schools, authorities and tokens; on a token it brings every other
 * scope with it, on a role it stands for itself alone, so that a system admin moves no money.
 */
export type Scope = (typeof SCOPES)[number]

/** Scopes that hold together: at one school, under one authority, or (both null) everywhere. */
export interface Grant {
  scopes: readonly Scope[]
  schoolId: string | null
  authorityId: string | null
}

export interface Actor {
  /** As written into the audit log: `user:<id>`, `token:<id>`, `bootstrap`, `rule:<version>`, `import`. */
  name: string
  grants: readonly Grant[]
  address: string | null
}

/** What a token's scopes amount to: `admin` expands to every scope. */
export function expandScopes(scopes: readonly Scope[]): readonly Scope[] {
  return scopes.includes('admin') ? SCOPES : scopes
}

/** Whether some grant holds the scope, wherever that may be: where it holds was checked with the route. */
export function holdsScope({ grants }: Pick<Actor, 'grants'>, scope: Scope): boolean {
  return grants.some(({ scopes }) => scopes.includes(scope))
}
