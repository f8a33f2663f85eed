// The audit log in the words of a school: names of actions, objects and fields, money and days as pages write them.
import t from 'tap'
import { actionName, detailText, objectKindName } from '../../src/web/access/audit-text.js'

t.test('a record is read as a sentence of fields', (t) => {
  t.equal(detailText({
    number: 1, amountVnd: 500_000, studentId: '01a20292-75d9-72b4-835b-fd67add6d577', receivedOn: '2026-09-20',
  }, 'vi'), 'số: 1, số tiền: 500.000 đ, học sinh: …d6d577, ngày nhận: 20/09/2026')
  t.equal(detailText({ fees: [{ scope: 'school', amountVnd: 640_000, grade: null }, { scope: 'grade', grade: 3, amountVnd: 0 }] }, 'vi'),
    'mức thu: phạm vi: toàn trường, số tiền: 640.000 đ; phạm vi: khối, khối: 3, số tiền: 0 đ')
  t.equal(detailText({ role: 'accountant', schoolId: 'x', urban: false, levels: ['primary'] }, 'vi'),
    'vai trò: Kế toán, đô thị: không, cấp học: tiểu học')
  t.equal(detailText({ by: 'totp', sessionId: 'x' }, 'vi'), 'bằng: mã của ứng dụng xác thực')
  t.equal(detailText(null, 'vi'), '')
  t.end()
})

t.test('a file that left is named by its list and by what narrowed it', (t) => {
  t.equal(actionName('invoice.export', 'vi'), 'Tải danh sách thông báo thu')
  t.equal(detailText({ list: 'bills', format: 'csv', rows: 12, filters: ['class', 'state'] }, 'vi'),
    'danh sách: thông báo thu, định dạng: csv, số dòng: 12, lọc theo: lớp; trạng thái')
  t.end()
})

t.test('what people wrote and what has no name stays as it is', (t) => {
  t.equal(detailText({ loginName: 'head', name: 'school', unheardOf: 7 }, 'en'), 'login name: head, name: school, unheardOf: 7')
  t.equal(detailText({ reason: 'x'.repeat(400) }, 'vi').length, 301)
  t.equal(actionName('unheard.of', 'vi'), 'unheard.of')
  t.equal(objectKindName('review_item', 'vi'), 'Khoản xét duyệt')
  t.end()
})
