// The review desk's pages without a browser, as forms send them: every act has its form, a repeated form is one act, a
// refusal keeps what was typed, and nothing of another school is shown or changed.
import { randomUUID } from 'node:crypto'
import t from 'tap'
import { drainInbox } from '../../src/reconciliation/drain.js'
import { faultsIn } from '../../src/web/desk/review-evidence.js'
import { drainDepsOf } from '../../src/worker.js'
import { openBrowser } from '../access/people-world.js'
import { openReviewWorld } from './review-world.js'

/** One transfer cannot be written, and the database says why in its own words. */
const POISON = `
  CREATE FUNCTION poison() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'secret detail of %', NEW.memo USING ERRCODE = 'check_violation'; END $$;
  CREATE TRIGGER poison BEFORE INSERT ON bank_transaction FOR EACH ROW WHEN (NEW.amount_vnd = 66600)
    EXECUTE FUNCTION poison()`

t.test('the review desk\'s pages', async (t) => {
  const world = await openReviewWorld(t)
  const { schoolId } = world.school
  const desk = `/desk/${schoolId}`
  const signedIn = async (role: 'accountant' | 'auditor' | 'head', of = schoolId) => {
    world.clock.now = new Date(world.clock.now.getTime() + 60_000)
    const { loginName } = await world.makePerson(role, { schoolId: of, withTotp: role !== 'auditor' })
    const browser = openBrowser(world.app)
    await browser.signIn(loginName, role === 'auditor' ? undefined : world.totp())
    return browser
  }
  const accountant = await signedIn('accountant')
  const siblings = () => world.receive('me hai chau Minh Anh Bao Anh', world.bill(0).payableVnd + world.bill(1).payableVnd)
  const newest = async () => {
    const item = (await world.open()).at(-1)
    if (!item) throw new Error('nothing waits')
    return item
  }
  const amount = (at: number) => `amount:${world.bill(at).invoiceId}`

  await t.test('nothing waits: the queue says so', async (t) => {
    t.match((await accountant.get(`${desk}/review`)).body, /Không có gì chờ xét duyệt/)
    t.match((await accountant.get(`${desk}/review?view=not_ours`)).body, /Không có khoản nào đang chờ trả lại/)
  })

  await t.test('a drafted split is sent as it stands; the same form again is the same act', async (t) => {
    await siblings()
    const item = await newest()
    const page = await accountant.get(`${desk}/review/${item.id}`)
    for (const text of ['me hai chau Minh Anh Bao Anh', 'Nguyễn Minh Anh', 'Bằng tổng cả gia đình', 'value="300.001"']) {
      t.ok(page.body.includes(text), text)
    }
    const requestId = /name="requestId" value="([0-9a-f-]{36})"/.exec(page.body)?.[1] ?? ''
    const form = { requestId, [amount(0)]: '300.001', [amount(1)]: '300.002', creditStudentId: '', note: 'hai chị em' }
    for (const round of ['first', 'again']) {
      const sent = await accountant.post(`${desk}/review/${item.id}/assign`, form)
      t.same([sent.statusCode, sent.headers.location], [303, `${desk}/review?done=assigned`], round)
    }
    t.match((await accountant.get(`${desk}/review?done=assigned`)).body, /Đã gán xong/)
    t.match((await accountant.get(`${desk}/review?view=resolved`)).body, /hai chị em/)
    const shown = (await accountant.get(`${desk}/transactions/${item.transaction_id}`)).body
    t.match(shown, /Gán cho thông báo thu[\s\S]*Nguyễn Minh Anh · Tháng 9[\s\S]*300\.001\sđ/)
    const late = await accountant.post(`${desk}/review/${item.id}/assign`, { ...form, requestId: randomUUID() })
    t.equal(late.statusCode, 409)
    t.match(late.body, /vừa được người khác xử lý/)
    const undo = `${desk}/transactions/${item.transaction_id}/undo`
    t.match((await accountant.post(undo, { note: '' })).body, /Cần ghi chú ít nhất 3 ký tự/)
    t.equal((await accountant.post(undo, { note: 'nhầm lớp', requestId: randomUUID() })).statusCode, 303)
    t.match(await newest(), { reason: 'REOPENED' })
  })

  await t.test('a refused form comes back with its words and the fault beside the field', async (t) => {
    const item = await newest()
    const post = (fields: Record<string, string>) => accountant.post(`${desk}/review/${item.id}/assign`, fields)
    const unreadable = await post({ [amount(0)]: 'ba trăm', note: 'ghi chú riêng' })
    t.equal(unreadable.statusCode, 422)
    t.match(unreadable.body, /value="ba trăm"[\s\S]*Nhập số đồng, ví dụ 450\.000/)
    t.match(unreadable.body, /value="ghi chú riêng"/)
    const dotted = await post({ [amount(0)]: '3000.00' })
    t.equal(dotted.statusCode, 422, 'a decimal point is refused, and never 300.000')
    t.match(dotted.body, /value="3000\.00"[\s\S]*450\.000 hoặc 450000/)
    const over = await post({ [amount(0)]: '1', [amount(1)]: '300.003' })
    t.match(over.body, new RegExp(`id="amount-${world.bill(1).invoiceId}-fault">Nhiều hơn số còn phải thu`))
    t.match((await post({ note: 'x' })).body, /Chưa nhập số tiền nào để gán/)
    t.equal((await accountant.post(`${desk}/review/${item.id}/assign`, { [amount(0)]: '1' }, { csrf: false })).statusCode, 403)
    const part = await post({ [amount(0)]: '100.000', requestId: randomUUID() })
    t.equal(part.headers.location, `${desk}/review/${item.id}?done=part`)
    t.match((await accountant.get(`${desk}/review/${item.id}?done=part`)).body, /Đã gán một phần/)
  })

  await t.test('a student is found and added without a script', async (t) => {
    const item = await newest()
    const found = await accountant.get(`${desk}/review/${item.id}?q=linh`)
    t.match(found.body, new RegExp(`name="student" value="${world.bill(5).studentId}"`))
    const added = await accountant.get(`${desk}/review/${item.id}?student=${world.bill(5).studentId}`)
    t.match(added.body, new RegExp(`name="amount:${world.bill(5).invoiceId}" value="300.006"`), 'drafted, as far as the money goes')
    const sent = await accountant.post(`${desk}/review/${item.id}/assign`, {
      student: world.bill(5).studentId, [amount(5)]: '300006', creditStudentId: world.bill(0).studentId, note: 'đúng là cháu Linh',
    })
    t.equal(sent.headers.location, `${desk}/review?done=assigned`)
    t.same(await world.open(), [])
  })

  await t.test('adding a child keeps what was typed, and Enter in a field books nothing', async (t) => {
    await world.receive('nop ho hai chau', 400_000)
    const item = await newest()
    const path = `${desk}/review/${item.id}`
    const shown = (await accountant.get(path)).body
    const firstButton = /<form[^>]*\/assign[\s\S]*?<button[^>]*>/.exec(shown)?.[0] ?? ''
    t.match(firstButton, new RegExp(`formaction="${path}/look"`), 'the button that Enter presses')
    const typed = { student: world.bill(6).studentId, [amount(6)]: '123.000', note: 'mẹ gọi điện', creditStudentId: world.bill(6).studentId }
    const found = await accountant.post(`${path}/look`, { ...typed, q: 'vy' })
    t.equal(found.statusCode, 200)
    t.match(found.body, new RegExp(`name="student" value="${world.bill(7).studentId}"`), 'found')
    const added = await accountant.post(`${path}/look`, { ...typed, student: [world.bill(6).studentId, world.bill(7).studentId], q: 'vy' })
    for (const body of [found.body, added.body]) {
      t.match(body, new RegExp(`name="${amount(6)}" value="123\\.000"`))
      t.match(body, /value="mẹ gọi điện"/)
      t.match(body, new RegExp(`value="${world.bill(6).studentId}" selected`), 'and where the rest goes')
    }
    t.match(added.body, new RegExp(`name="${amount(7)}" value(=""| )`), 'the new child gets nothing by itself')
    t.match(await newest(), { id: item.id }, 'nothing is booked')
    const booked = await accountant.post(`${path}/assign`, { [amount(6)]: '100.000', [amount(7)]: '300.000', note: 'hai cháu' })
    t.equal(booked.statusCode, 303)
  })

  await t.test('money in another account: the page says what has to be moved, books it, and keeps the list of it', async (t) => {
    const bill = world.bill(3)
    const other = randomUUID()
    await world.rows(`INSERT INTO ledger_account (school_id, account_no, kind, name) VALUES ($1, 1007, 'bank', 'BHYT')`, [schoolId])
    await world.rows(`INSERT INTO bank_account (school_id, id, bank_bin, account_number, account_name, ledger_no)
      VALUES ($1, $2, '970436', '0011223344', 'TRUONG', 1007)`, [schoolId, other])
    await world.rows('UPDATE invoice SET bank_account_id = $2 WHERE school_id = $1 AND id = $3', [schoolId, other, bill.invoiceId])
    await world.receive(bill.code, bill.payableVnd)
    const item = await newest()
    t.equal(item.reason, 'OTHER_ACCOUNT')
    const page = (await accountant.get(`${desk}/review/${item.id}`)).body
    t.match(page, new RegExp(`name="${amount(3)}" value="300\\.004"`), 'the bill of the code is drafted')
    const said = page.replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ')
    t.match(said, `300.004 đ nằm ở tài khoản ${world.school.accountNumber}, cần chuyển sang tài khoản 0011223344.`)
    const form = { [amount(3)]: '300.004', requestId: randomUUID() }
    t.equal((await accountant.post(`${desk}/review/${item.id}/assign`, form)).statusCode, 303)

    const list = `${desk}/account-transfers`
    const due = (await accountant.get(list)).body
    t.match(due.replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' '), /Từ \d+ sang 0011223344.*Cần chuyển 300\.004 đ \(1 khoản\)/)
    t.match((await accountant.get(`${list}?format=csv`)).body, /0011223344,300004,/)
    const id = /name="id" value="([0-9a-f-]{36})"/.exec(due)?.[1] ?? ''
    t.equal((await accountant.post(`${list}/moved`, { movedOn: '2026-09-20' })).statusCode, 422, 'nothing was chosen')
    const late = await accountant.post(`${list}/moved`, { id, movedOn: '2026-12-31' })
    t.match(late.body, /không sau hôm nay/)
    t.equal((await accountant.post(`${list}/moved`, { id, movedOn: '2026-09-20' })).headers.location, `${list}?done=moved`)
    t.match((await accountant.get(list)).body, /Không có khoản nào cần chuyển/)
    t.match((await accountant.get(`${list}?state=moved`)).body, /300\.004/)
    t.equal((await accountant.post(`${list}/moved`, { id, movedOn: '2026-09-20' })).statusCode, 409)
    t.equal((await accountant.post(`${list}/due`, { id })).headers.location, `${list}?done=due`)
    const auditor = await signedIn('auditor')
    const seen = (await auditor.get(list)).body
    t.match(seen, /300\.004/)
    t.notMatch(seen, /method="post"[^>]*moved/)
    t.match((await accountant.get(`${desk}/transactions/${item.transaction_id}`)).body, /Chuyển giữa hai tài khoản của trường/)
    const answer = await world.asAdmin('GET', `/api/v1/schools/${schoolId}/account-transfers?state=due`)
    t.match(answer.json<{ items: unknown[] }>().items, [{ id, amountVnd: 300_004, toBankAccountId: other, state: 'due' }])
    const moved = await world.asAdmin('POST', `/api/v1/schools/${schoolId}/account-transfers/moved`, { ids: [id], movedOn: '2026-09-19' })
    t.equal(moved.statusCode, 204)
  })

  await t.test('more than a page: the next one goes on where this one ended', async (t) => {
    for (let at = 0; at < 25; at++) await world.receive(`chuyen tien lan ${at}`, 10_000 + at)
    const first = (await accountant.get(`${desk}/review`)).body
    t.equal(first.match(/data-row/g)?.length, 20)
    const next = /href="([^"]+)" rel="next"/.exec(first)?.[1]?.replaceAll('&amp;', '&') ?? ''
    const second = (await accountant.get(next)).body
    t.equal(second.match(/data-row/g)?.length, 5)
    t.match(second, /chuyen tien lan 24/)
    const csv = await accountant.get(`${desk}/review?format=csv`)
    t.equal(csv.body.trim().split('\n').length, 26, 'a file has them all')
    t.match(csv.headers['content-disposition'], /attachment/)
    t.match((await accountant.get(`${desk}/transactions?format=csv&state=unallocated`)).body, /chuyen tien lan 3/)
    t.match((await accountant.get(`${desk}/transactions?from=&to=&state=&direction=out`)).body, /Không có giao dịch nào phù hợp/)
  })

  await t.test('whoever may only look sees no form and can send none', async (t) => {
    const item = await newest()
    for (const role of ['auditor', 'head'] as const) {
      const browser = await signedIn(role)
      const page = await browser.get(`${desk}/review/${item.id}`)
      t.equal(page.statusCode, 200)
      t.match(page.body, /Bạn chỉ được xem/)
      t.notMatch(page.body, /\/not-ours"/)
      t.equal((await browser.post(`${desk}/review/${item.id}/not-ours`, { note: 'không được' })).statusCode, 403)
      t.equal((await browser.post(`${desk}/transactions/${item.transaction_id}/undo`, { note: 'không được' })).statusCode, 403)
    }
  })

  await t.test('another school\'s accountant neither sees nor decides', async (t) => {
    const item = await newest()
    const elsewhere = await signedIn('accountant', world.otherSchoolId)
    t.equal((await elsewhere.get(`${desk}/review`)).statusCode, 403)
    const theirs = `/desk/${world.otherSchoolId}`
    t.equal((await elsewhere.get(`${theirs}/review/${item.id}`)).statusCode, 404)
    t.equal((await elsewhere.get(`${theirs}/transactions/${item.transaction_id}`)).statusCode, 404)
    t.match((await elsewhere.get(`${theirs}/search?q=minh`)).body, /Kết quả cho “minh”[\s\S]*Không tìm thấy gì/)
    t.equal((await elsewhere.post(`${theirs}/review/${item.id}/not-ours`, { note: 'abc' })).statusCode, 404)
  })

  await t.test('what was wrong with a call is said in words of the desk, with its field and a code', async (t) => {
    await world.receiveRaw(Buffer.from('{"id": 77001, "transferType": "in", "transferAmount": "ba tram nghin"}'))
    const unreadable = await newest()
    t.equal(unreadable.reason, 'NOT_UNDERSTOOD')
    const page = (await accountant.get(`${desk}/review/${unreadable.id}`)).body
    t.match(page, /Một ô bị thiếu hoặc có giá trị sai kiểu\.[\s\S]*transferAmount[\s\S]*FIELD_WRONG_KIND/)
    t.match((await accountant.get(`${desk}/review/${unreadable.id}?lang=en`)).body, /A field is missing or holds the wrong kind of value\./)
    t.notMatch(page, /must be/)

    await world.rows(POISON)
    await world.receive('HOC PHI CHAU LINH', 66_600)
    await world.rows("UPDATE bank_callback SET attempts = 7, due_at = now() WHERE state = 'waiting'")
    await drainInbox(drainDepsOf(world.deps))
    const failed = await newest()
    t.equal(failed.reason, 'PROCESSING_FAILED')
    const shown = (await accountant.get(`${desk}/review/${failed.id}?lang=vi`)).body
    t.match(shown, /Cơ sở dữ liệu từ chối ghi tin báo này\.[\s\S]*DATABASE_REFUSED/)
    t.notMatch(shown, /violates|secret detail|error:/i, 'the words of PostgreSQL stay in the log')
    await world.rows('DROP TRIGGER poison ON bank_transaction')
  })

  await t.test('evidence is read as far as it is known, whoever wrote it', async (t) => {
    const codes = (...faults: unknown[]) => faultsIn({ faults }).map(({ code, field }) => [code, field].join(' ').trim())
    t.same(codes({ reason: 'not valid JSON at 3' }, { reason: 'must be an array', field: 'data' }, { reason: 'is missing', field: 'amount' },
      { reason: 'is over 2^53, too large to be kept exactly', field: 'amount' }, { reason: 'must be whole đồng, without a fraction', field: 'amount' },
      { reason: 'is ambiguous: the dots may separate thousands', field: 'a' }, { reason: 'must have at most 128 characters', field: 'b' },
      { reason: 'something new', field: 'c' }, { reason: 'something new', field: '' }, { field: 'd' }, 'x'),
    ['NOT_JSON', 'FIELD_WRONG_KIND data', 'FIELD_MISSING amount', 'AMOUNT_OUT_OF_RANGE amount', 'AMOUNT_NOT_WHOLE amount',
      'AMOUNT_AMBIGUOUS a', 'FIELD_TOO_LONG b', 'FIELD_UNREADABLE c', 'CALL_UNREADABLE'])
    t.same(faultsIn({ failure: 'WORKER_DIED', reason: 'x' }), [{ code: 'WORKER_DIED' }])
    t.same(faultsIn({ reason: 'error: duplicate key' }), [{ code: 'UNEXPECTED' }], 'as it was written before')
    t.same(faultsIn({ reopens: 'x' }), [])
  })

  await t.test('in English too', async (t) => {
    const page = await accountant.get(`${desk}/review?lang=en`)
    t.match(page.body, /<html lang="en"[\s\S]*The content holds no payment code/)
  })
})
