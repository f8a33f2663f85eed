// What the pages about API tokens say, and what a token's scopes are called.
import { SCOPES } from '../../access/actor.js'
import type { Scope } from '../../access/actor.js'
import { catalogue } from '../text.js'
import type { Lang } from '../text.js'

export const tokenText = catalogue({
  tokens: { vi: 'Khóa API', en: 'API tokens' },
  intro: {
    vi: 'Khóa để phần mềm khác gọi vào hệ thống. Ai có khóa thì làm được mọi việc mà khóa cho phép: hãy thu hồi khóa không còn dùng.',
    en: 'With a token another program calls this service. Whoever has it can do all it allows: revoke what is not used any more.',
  },
  none: { vi: 'Chưa có khóa API nào.', en: 'There is no API token yet.' },
  add: { vi: 'Tạo khóa API', en: 'Make a token' },
  name: { vi: 'Tên', en: 'Name' },
  nameHint: { vi: 'Phần mềm nào dùng khóa này', en: 'Which program uses it' },
  scopes: { vi: 'Quyền', en: 'Scopes' },
  place: { vi: 'Phạm vi', en: 'Place' },
  system: { vi: 'Toàn hệ thống', en: 'The whole system' },
  school: { vi: 'Một trường', en: 'One school' },
  authority: { vi: 'Một cơ quan quản lý', en: 'One authority' },
  schoolField: { vi: 'Trường', en: 'School' },
  authorityField: { vi: 'Cơ quan quản lý', en: 'Authority' },
  findSchool: { vi: 'Tên trường', en: 'Name of the school' },
  findSchoolHint: { vi: 'Nhập một phần tên để chọn trường', en: 'Enter a part of the name to choose the school' },
  noSchool: { vi: 'Không có trường nào có tên như vậy.', en: 'There is no school with such a name.' },
  noAuthority: { vi: 'Chưa có cơ quan quản lý nào.', en: 'There is no authority yet.' },
  goOn: { vi: 'Tiếp tục', en: 'Go on' },
  created: { vi: 'Tạo lúc', en: 'Made' },
  lastUsed: { vi: 'Dùng lần cuối', en: 'Last used' },
  neverUsed: { vi: 'Chưa dùng', en: 'Never' },
  expires: { vi: 'Hết hạn', en: 'Expires' },
  neverExpires: { vi: 'Không hết hạn', en: 'Never' },
  lastDay: { vi: 'Dùng đến hết ngày', en: 'Good until the end of' },
  lastDayHint: { vi: 'Để trống nếu khóa không hết hạn', en: 'Empty for a token that does not expire' },
  state: { vi: 'Trạng thái', en: 'State' },
  active: { vi: 'Đang dùng được', en: 'Active' },
  expired: { vi: 'Đã hết hạn', en: 'Expired' },
  revoked: { vi: 'Đã thu hồi', en: 'Revoked' },
  actions: { vi: 'Thao tác', en: 'Actions' },
  revoke: { vi: 'Thu hồi', en: 'Revoke' },
  revokeAsk: {
    vi: (name: string) => `Thu hồi khóa “${name}”? Phần mềm đang dùng nó sẽ bị từ chối ngay, và không lấy lại được.`,
    en: (name: string) => `Revoke “${name}”? The program that uses it is refused at once, for good.`,
  },
  done_revoked: { vi: 'Đã thu hồi khóa.', en: 'The token was revoked.' },
  made: { vi: (name: string) => `Đã tạo khóa ${name}.`, en: (name: string) => `${name} was made.` },
  token: { vi: 'Khóa', en: 'Token' },
  shownOnce: {
    vi: 'Khóa chỉ hiện một lần: hãy chép ngay và cất nơi an toàn. Nếu mất, hãy thu hồi rồi tạo khóa khác.',
    en: 'The token is shown only now: copy it and keep it safe. If it is lost, revoke it and make another.',
  },
  copy: { vi: 'Sao chép', en: 'Copy' },
  toList: { vi: 'Tôi đã cất giữ, về danh sách', en: 'I have kept it, to the list' },
  next: { vi: 'Trang sau', en: 'Next page' },
  nameFault: { vi: 'Hãy đặt tên, nhiều nhất 100 ký tự.', en: 'Enter a name of at most 100 characters.' },
  scopesFault: { vi: 'Hãy chọn ít nhất một quyền.', en: 'Choose at least one scope.' },
  lastDayFault: { vi: 'Hãy chọn một ngày từ hôm nay trở đi.', en: 'Choose today or a later day.' },
  TOKEN_SCOPES_INVALID: { vi: 'Các quyền này không hợp với phạm vi của khóa.', en: 'These scopes do not fit the place.' },
  TOKEN_HOLDER_INVALID: { vi: 'Hãy chọn lại trường hoặc cơ quan.', en: 'Choose the school or the authority again.' },
})

const SCOPE_NAMES: Readonly<Record<Scope, Readonly<Record<Lang, string>>>> = {
  'admin': { vi: 'Quản trị: mọi quyền', en: 'Administration: every scope' },
  'directory:read': { vi: 'Xem trường, lớp, học sinh', en: 'See schools, classes, students' },
  'directory:write': { vi: 'Sửa trường, lớp, học sinh', en: 'Change schools, classes, students' },
  'fees:read': { vi: 'Xem khoản thu, miễn giảm', en: 'See fees and exemptions' },
  'fees:write': { vi: 'Sửa khoản thu, miễn giảm', en: 'Change fees and exemptions' },
  'invoices:read': { vi: 'Xem đợt thu, thông báo thu', en: 'See rounds and bills' },
  'invoices:write': { vi: 'Lập và hủy thông báo thu', en: 'Issue and cancel bills' },
  'banking:read': { vi: 'Xem tài khoản, kênh ngân hàng', en: 'See bank accounts and channels' },
  'banking:write': { vi: 'Sửa tài khoản, kênh ngân hàng', en: 'Change bank accounts and channels' },
  'cash:write': { vi: 'Thu và hủy tiền mặt', en: 'Receive and reverse cash' },
  'review:read': { vi: 'Xem giao dịch, hộp xét duyệt', en: 'See transfers and the review queue' },
  'review:write': { vi: 'Xử lý hộp xét duyệt', en: 'Decide the review queue' },
  'reports:read': { vi: 'Xem báo cáo', en: 'See reports' },
  'users:write': { vi: 'Quản lý người dùng', en: 'Manage people' },
  'audit:read': { vi: 'Xem nhật ký', en: 'Read the audit log' },
}

export function scopeName(scope: Scope, lang: Lang): string {
  return SCOPE_NAMES[scope][lang]
}

const GROUPS: readonly { title: Readonly<Record<Lang, string>>; scopes: readonly Scope[] }[] = [
  {
    title: { vi: 'Danh bạ và khoản thu', en: 'Directory and fees' },
    scopes: ['directory:read', 'directory:write', 'fees:read', 'fees:write'],
  },
  {
    title: { vi: 'Thu tiền', en: 'Collecting' },
    scopes: ['invoices:read', 'invoices:write', 'review:read', 'review:write', 'cash:write'],
  },
  { title: { vi: 'Ngân hàng', en: 'Banking' }, scopes: ['banking:read', 'banking:write'] },
  { title: { vi: 'Báo cáo và quản trị', en: 'Reports and administration' }, scopes: ['reports:read', 'audit:read', 'users:write', 'admin'] },
]

/** Those of these scopes that belong together, in the order in which they are read; no group is empty. */
export function scopeGroups(scopes: readonly Scope[], lang: Lang): { title: string; scopes: Scope[] }[] {
  return GROUPS
    .map(({ title, scopes: all }) => ({ title: title[lang], scopes: all.filter((scope) => scopes.includes(scope)) }))
    .filter(({ scopes: some }) => some.length > 0)
}

/** As a list of names, in one order whatever order they were given in. */
export function scopeNames(scopes: readonly Scope[], lang: Lang): string[] {
  return SCOPES.filter((scope) => scopes.includes(scope)).map((scope) => scopeName(scope, lang))
}
