// Who is asking. Every write names its actor in the audit log; every route names the scope it needs.

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
] as const
/** A right of an API token; `admin` holds every other and is the only one that makes schools and tokens. */
export type Scope = (typeof SCOPES)[number]

export interface Actor {
  /** As written into the audit log: `token:<id>`, `bootstrap`, `rule:<version>`, `import`. */
  name: string
  scopes: readonly Scope[]
  /** A token bound to one school or one authority sees nothing else. */
  schoolId: string | null
  authorityId: string | null
  address: string | null
}
