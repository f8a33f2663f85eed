// The sample people of the demo, one for each role, and what they sign in with. Everybody knows these secrets, so they
// are made in a database that bears the demo's mark and in no other (access/first-user.ts refuses).
import { TOTP, Secret } from 'otpauth'
import { createDemoUser } from '../access/first-user.js'
import type { DemoUser } from '../access/first-user.js'
import { needsSecondFactor } from '../access/permission.js'
import type { Role } from '../access/permission.js'
import type { Deps } from '../deps.js'

export const DEMO_PASSWORD = 'Thu hoc phi 2026'
const TOTP_SECRET = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP'

export interface DemoPerson extends Pick<DemoUser, 'loginName' | 'displayName' | 'role' | 'schoolId' | 'authorityId'> {
  /** The first page after signing in. */
  door: string
}

export interface DemoPlaces {
  schoolId: string
  departmentId: string
  communeId: string | undefined
}

/** Who can sign in, in the order in which the demo names them. */
export function demoPeople({ schoolId, departmentId, communeId }: DemoPlaces): DemoPerson[] {
  const atSchool = (loginName: string, displayName: string, role: Role, page = ''): DemoPerson =>
    ({ loginName, displayName, role, schoolId, door: `/desk/${schoolId}${page}` })
  const atAuthority = (loginName: string, displayName: string, role: Role, authorityId: string): DemoPerson =>
    ({ loginName, displayName, role, authorityId, door: `/province/${authorityId}` })
  return [
    atSchool('ketoan', 'Lê Thị Kế Toán', 'accountant'),
    atSchool('hieutruong', 'Phạm Văn Hiệu Trưởng', 'head'),
    atSchool('thuquy', 'Võ Thị Thủ Quỹ', 'cashier', '/cash'),
    atSchool('kiemtoan', 'Trần Văn Kiểm Toán', 'auditor', '/audit'),
    atAuthority('so.gddt', 'Nguyễn Văn Sở', 'department_officer', departmentId),
    ...(communeId === undefined ? [] : [atAuthority('xa.phuong', 'Bùi Thị Xã', 'commune_officer', communeId)]),
    { loginName: 'quantri', displayName: 'Đỗ Quản Trị', role: 'system_admin', door: '/admin/users' },
  ]
}

export async function createDemoPeople(deps: Deps, people: readonly DemoPerson[]): Promise<void> {
  for (const { loginName, displayName, role, schoolId, authorityId } of people) {
    const factor = needsSecondFactor(role) ? { totpSecret: TOTP_SECRET } : {}
    await createDemoUser(deps, {
      loginName, displayName, role, schoolId, authorityId, password: DEMO_PASSWORD, ...factor,
    })
  }
}

/** The six digits that the sample people are asked for at this moment, and how long they hold. */
export function demoCode(at: Date): { code: string; secondsLeft: number } {
  const timestamp = at.getTime()
  const totp = new TOTP({ secret: Secret.fromBase32(TOTP_SECRET) })
  return { code: totp.generate({ timestamp }), secondsLeft: Math.ceil(totp.remaining({ timestamp }) / 1_000) }
}
