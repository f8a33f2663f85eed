// People for tests: two schools under two authorities, somebody for each role, and a browser that keeps its cookies.
import type { FastifyInstance } from 'fastify'
import { TOTP, Secret } from 'otpauth'
import type { Test } from 'tap'
import { v7 as uuidv7 } from 'uuid'
import { createDemoUser } from '../../src/access/first-user.js'
import { holderKindOf } from '../../src/access/permission.js'
import type { Role } from '../../src/access/permission.js'
import { buildTestApp } from '../support/app.js'
import type { TestApp, TestAppOptions } from '../support/app.js'

export const PASSWORD = 'một câu dài để thử'
export const TOTP_SECRET = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP'

export interface PeopleWorld extends TestApp {
  clock: { now: Date }
  schoolId: string
  otherSchoolId: string
  departmentId: string
  communeId: string
  otherDepartmentId: string
  /** Ready to sign in with `PASSWORD` and codes of `TOTP_SECRET`. */
  makePerson: (role: Role, options?: PersonOptions) => Promise<{ userId: string; loginName: string }>
  /** The six digits of the clock's step, or of steps away from it. */
  totp: (steps?: number) => string
  /** Six digits that are none of those of a secret, at the clock's step or near it. */
  wrongTotp: (secret?: string) => string
}

export interface PersonOptions {
  schoolId?: string
  authorityId?: string
  withTotp?: boolean
}

/** The clock stands still at a set moment unless the test moves it: codes and days are those that the test says. */
export async function openPeopleWorld(t: Test, options: TestAppOptions = {}): Promise<PeopleWorld> {
  const clock = { now: new Date('2026-09-20T03:00:00Z') }
  const test = await buildTestApp(t, { now: () => clock.now, ...options })
  const { db, deps } = test
  await db.asService((trx) => trx.updateTable('installation').set({ demo: true }).execute())
  const [departmentId, communeId, otherDepartmentId] = [uuidv7(), uuidv7(), uuidv7()]
  await db.asService(async (trx) => {
    await trx.insertInto('authority').values([
      { id: departmentId, kind: 'department', name: 'Sở Giáo dục và Đào tạo Bình Minh', valid_from: '2025-01-01' },
      { id: communeId, kind: 'commune', name: 'Phường Đông Hòa', valid_from: '2025-01-01' },
      { id: otherDepartmentId, kind: 'department', name: 'Sở Giáo dục và Đào tạo Tây Hồ', valid_from: '2025-01-01' },
    ]).execute()
    await trx.insertInto('authority_link')
      .values({ authority_id: communeId, parent_id: departmentId, valid_from: '2025-01-01' }).execute()
  })
  const schoolId = await insertSchool(test, 'Trường Tiểu học Đông Hòa', communeId)
  const otherSchoolId = await insertSchool(test, 'Trường Tiểu học Tây Hồ', otherDepartmentId)
  let made = 0
  return {
    ...test, clock, schoolId, otherSchoolId, departmentId, communeId, otherDepartmentId,
    async makePerson(role, { withTotp = true, ...place } = {}) {
      const loginName = `${role}.${++made}@school.example`
      const holder = holderKindOf(role)
      const at = holder === 'school' ? { schoolId: place.schoolId ?? schoolId }
        : holder === 'authority'
          ? { authorityId: place.authorityId ?? (role === 'commune_officer' ? communeId : departmentId) }
          : {}
      const { userId } = await createDemoUser(deps, {
        loginName, displayName: `Người thử ${made}`, password: PASSWORD, role, ...at,
        ...(withTotp ? { totpSecret: TOTP_SECRET } : {}),
      })
      return { userId, loginName }
    },
    totp: (steps = 0) => codeAt(TOTP_SECRET, clock.now, steps),
    wrongTotp(secret = TOTP_SECRET) {
      const right = [-2, -1, 0, 1, 2].map((steps) => codeAt(secret, clock.now, steps))
      return ['000000', '111111', '222222', '333333', '444444', '555555'].find((code) => !right.includes(code)) ?? ''
    },
  }
}

function codeAt(secret: string, at: Date, steps: number): string {
  return TOTP.generate({ secret: Secret.fromBase32(secret), timestamp: at.getTime() + steps * 30_000 })
}

async function insertSchool({ db }: TestApp, name: string, authorityId: string): Promise<string> {
  const schoolId = uuidv7()
  await db.inSchool(schoolId, async (trx) => {
    await trx.insertInto('school').values({ school_id: schoolId, valid_from: '2025-01-01' }).execute()
    await trx.insertInto('school_profile').values({
      school_id: schoolId, valid_from: '2025-01-01', name, type: 'public', levels: ['primary'],
    }).execute()
    await trx.insertInto('school_authority').values({
      school_id: schoolId, link: 'managing', valid_from: '2025-01-01', authority_id: authorityId,
    }).execute()
  })
  return schoolId
}

/** What a person's browser does: keeps cookies, follows nothing by itself, sends forms with their hidden proof. */
export interface Browser {
  cookies: Map<string, string>
  get: (url: string, headers?: Record<string, string>) => Promise<Answer>
  /** `csrf: false` leaves the proof out, as a forged form would. */
  post: (url: string, fields: Record<string, string | string[]>, options?: PostOptions) => Promise<Answer>
  /** Password and, when it is asked for, the code. */
  signIn: (loginName: string, code?: string) => Promise<Answer>
}

interface PostOptions {
  csrf?: boolean
  headers?: Record<string, string>
}

export type Answer = Awaited<ReturnType<typeof send>>

export function openBrowser(app: FastifyInstance): Browser {
  const cookies = new Map<string, string>()
  let proof = ''

  async function request(method: 'GET' | 'POST', url: string, headers: Record<string, string>, payload?: string) {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const answer = await send(app, method, url, cookie === '' ? headers : { cookie, ...headers }, payload)
    for (const { name, value } of answer.cookies) {
      if (value === '') cookies.delete(name)
      else cookies.set(name, value)
    }
    proof = /name="_csrf" value="([^"]+)"/.exec(answer.body)?.[1] ?? proof
    return answer
  }

  const browser: Browser = {
    cookies,
    get: (url, headers = {}) => request('GET', url, headers),
    post: (url, fields, { csrf = true, headers = {} } = {}) => request('POST', url,
      { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'same-origin', ...headers },
      new URLSearchParams(Object.entries({ ...fields, ...(csrf && proof !== '' ? { _csrf: proof } : {}) })
        .flatMap(([name, value]) => [value].flat().map((one) => [name, one]))).toString()),
    async signIn(loginName, code) {
      const answer = await browser.post('/login', { loginName, password: PASSWORD })
      if (code === undefined || answer.statusCode !== 303) return answer
      await browser.get('/login/second-factor')
      return browser.post('/login/second-factor', { code })
    },
  }
  return browser
}

function send(
  app: FastifyInstance, method: 'GET' | 'POST', url: string, headers: Record<string, string>, payload?: string,
) {
  return app.inject({ method, url, headers, ...(payload === undefined ? {} : { payload }) })
}
