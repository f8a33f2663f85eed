import pg from 'pg'
import t from 'tap'
import { v7 as uuidv7 } from 'uuid'
import type { Scope } from '../../src/access/actor.js'
import { deviceName } from '../../src/access/device-name.js'
import { countAttempt } from '../../src/access/login-wait.js'
import type { Failures } from '../../src/access/login-wait.js'
import { addressKey } from '../../src/access/network-address.js'
import { findPasswordFault } from '../../src/access/password-policy.js'
import { ROLES, holderKindOf, needsSecondFactor, rolesGivenBy, scopesOf } from '../../src/access/permission.js'
import type { Role } from '../../src/access/permission.js'
import { parseForm } from '../../src/http/form-body.js'
import { doorsOf } from '../../src/web/access/door.js'
import { createTestDatabase } from '../support/database.js'

/** The table of rights said a second time, so that a change of it is a decision and no slip. */
const RIGHTS: Record<Role, readonly Scope[]> = {
  system_admin: ['admin', 'directory:read', 'directory:write', 'fees:read', 'banking:read', 'reports:read', 'users:write',
    'audit:read'],
  department_officer: ['reports:read'],
  commune_officer: ['reports:read'],
  head: ['directory:read', 'fees:read', 'invoices:read', 'banking:read', 'review:read', 'reports:read', 'users:write',
    'audit:read'],
  accountant: ['directory:read', 'directory:write', 'fees:read', 'fees:write', 'invoices:read', 'invoices:write',
    'banking:read', 'banking:write', 'review:read', 'review:write', 'cash:write', 'reports:read'],
  cashier: ['directory:read', 'invoices:read', 'cash:write'],
  auditor: ['directory:read', 'fees:read', 'invoices:read', 'banking:read', 'review:read', 'reports:read', 'audit:read'],
}

t.test('the table of rights', async (t) => {
  t.test('each role holds exactly its scopes, at its kind of holder', async (t) => {
    t.same(ROLES, Object.keys(RIGHTS))
    for (const role of ROLES) t.same([...scopesOf(role)].sort(), [...RIGHTS[role]].sort(), role)
    t.same(ROLES.map(holderKindOf), ['system', 'authority', 'authority', 'school', 'school', 'school', 'school'])
  })

  t.test('nobody who sees to people or to the system moves money', async (t) => {
    const money = ['fees:write', 'invoices:write', 'cash:write', 'review:write', 'banking:write'] as const
    for (const role of ROLES) {
      const scopes = scopesOf(role)
      const managesPeople = scopes.includes('users:write') || scopes.includes('admin')
      t.notOk(managesPeople && money.some((scope) => scopes.includes(scope)), role)
    }
  })

  t.test('an auditor and an officer can change nothing', async (t) => {
    for (const role of ['auditor', 'department_officer', 'commune_officer'] as const) {
      t.ok(scopesOf(role).every((scope) => scope.endsWith(':read')), role)
    }
  })

  t.test('exactly those who can move money or rights need a second factor', async (t) => {
    t.same(ROLES.filter(needsSecondFactor), ['system_admin', 'head', 'accountant', 'cashier'])
  })

  t.test('a head gives only roles of a school that cannot give roles themselves', async (t) => {
    t.same(rolesGivenBy('school'), ['accountant', 'cashier', 'auditor'])
    t.notOk(rolesGivenBy('school').some((role) => scopesOf(role).includes('users:write')))
    t.same(rolesGivenBy('authority'), [])
  })

  t.test('the database holds each role to the same kind of holder', async (t) => {
    const { ownerUrl } = await createTestDatabase(t)
    const client = new pg.Client({ connectionString: ownerUrl })
    await client.connect()
    const [userId, schoolId, authorityId] = [uuidv7(), uuidv7(), uuidv7()]
    await client.query('INSERT INTO app_user (id, login_name, display_name) VALUES ($1, \'lan\', \'Lan\')', [userId])
    await client.query('INSERT INTO school (school_id, valid_from) VALUES ($1, \'2025-01-01\')', [schoolId])
    await client.query('INSERT INTO authority (id, kind, name, valid_from) VALUES ($1, \'department\', \'Sở\', \'2025-01-01\')',
      [authorityId])
    const takes = (role: string, school: string | null, authority: string | null) => client.query(
      `INSERT INTO role_assignment (id, user_id, role, of_school_id, of_authority_id, valid_from)
       VALUES ($1, $2, $3, $4, $5, '2025-01-01')`, [uuidv7(), userId, role, school, authority])
      .then(() => true, () => false)
    for (const role of ROLES) {
      const kind = holderKindOf(role)
      t.equal(await takes(role, schoolId, null), kind === 'school', `${role} at a school`)
      t.equal(await takes(role, null, authorityId), kind === 'authority', `${role} at an authority`)
      t.equal(await takes(role, null, null), kind === 'system', `${role} over the system`)
      t.equal(await takes(role, schoolId, authorityId), false, `${role} at both`)
    }
    t.equal(await takes('accountant', schoolId, null), false, 'not twice at one school')
    await client.end()
  })
})

t.test('rules without input or output', async (t) => {
  t.test('waits begin after the free attempts, double, end, and are forgotten', async (t) => {
    const rule = { free: 2, windowMs: 900_000, waitMs: 60_000, waitMaxMs: 200_000 }
    let state: Failures | undefined
    let now = 0
    const attempt = () => {
      const outcome = countAttempt(state, new Date(now), rule)
      if (outcome.allowed) state = outcome.next
      return outcome.allowed ? 0 : outcome.waitMs
    }
    t.same([attempt(), attempt(), attempt()], [0, 0, 60_000])
    t.same([now += 60_000, attempt(), attempt()], [60_000, 0, 120_000])
    t.same([now += 120_000, attempt(), attempt()], [180_000, 0, 200_000], 'never longer than the longest')
    now += 1_200_000
    t.same([attempt(), attempt(), attempt()], [0, 0, 60_000], 'a quiet window forgets')
  })

  t.test('an address of IPv6 counts with its customer line, a mapped one as IPv4', async (t) => {
    t.equal(addressKey('192.0.2.7'), '192.0.2.7')
    t.equal(addressKey('::ffff:192.0.2.7'), '192.0.2.7')
    t.equal(addressKey('2001:db8::1'), '2001:db8:0:0::/64')
    t.equal(addressKey('2001:0db8:0000:0000:1:2:3:4'), '2001:db8:0:0::/64')
    t.equal(addressKey('::1'), '0:0:0:0::/64')
  })

  t.test('passwords are judged by length and by what everybody tries', async (t) => {
    t.equal(findPasswordFault('chín ký t', 'lan'), 'too_short')
    t.equal(findPasswordFault('mười ký tự', 'lan'), undefined)
    t.equal(findPasswordFault('mười ký tự'.normalize('NFD'), 'lan'), undefined)
    t.equal(findPasswordFault('Matkhau123456', 'lan'), 'too_common')
    t.equal(findPasswordFault('zzzzzzzzzzzz', 'lan'), 'too_common')
    t.equal(findPasswordFault('Lan.KeToan.A1', 'lan.ketoan.a1@truong.vn'), 'like_login_name')
    t.equal(findPasswordFault('x'.repeat(64) + 'y'.repeat(65), 'lan'), 'too_long')
  })

  t.test('a browser is named as its owner knows it', async (t) => {
    const chrome = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36'
    t.equal(deviceName(chrome), 'Chrome · Windows')
    t.equal(deviceName(`${chrome} Edg/140.0`), 'Edge · Windows')
    t.equal(deviceName('Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit Version/18 Safari/604'), 'Safari · iPhone')
    t.equal(deviceName('curl/8.5.0'), 'curl')
    t.equal(deviceName(undefined), null)
  })

  t.test('a form keeps repeated fields and takes no field that is a trap', async (t) => {
    t.same(parseForm('a=1&b=x+y&a=2'), { a: ['1', '2'], b: 'x y' })
    t.throws(() => parseForm('__proto__=1'), { code: 'FORM_INVALID' })
    t.throws(() => parseForm('a=%00'), { code: 'TEXT_INVALID' })
    t.throws(() => parseForm('a=1&'.repeat(6_000)), { code: 'FORM_INVALID' })
  })

  t.test('everybody is led to the door that opens for them', async (t) => {
    const at = { schoolId: null, schoolName: null, authorityId: null, authorityName: null }
    const cashier = { ...at, role: 'cashier', schoolId: 's', schoolName: 'Trường' } as const
    t.same(doorsOf({ assignments: [cashier], may: () => false }), [{ href: '/desk/s/cash', place: 'Trường' }])
    t.same(doorsOf({ assignments: [cashier, { ...cashier, role: 'accountant' }], may: () => true }),
      [{ href: '/desk/s', place: 'Trường' }])
    t.same(doorsOf({ assignments: [{ ...at, role: 'system_admin' }, { ...at, role: 'commune_officer', authorityId: 'c', authorityName: 'Xã' }], may: () => true })
      .map(({ href }) => href), ['/admin/users', '/province/c'])
  })
})
