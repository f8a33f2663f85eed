// What the roles are called. Pure.
import type { Role } from '../../access/permission.js'
import type { Lang } from '../text.js'

const NAMES: Readonly<Record<Role, Readonly<Record<Lang, string>>>> = {
  system_admin: { vi: 'Quản trị hệ thống', en: 'System administrator' },
  department_officer: { vi: 'Cán bộ Sở', en: 'Department officer' },
  commune_officer: { vi: 'Cán bộ xã, phường', en: 'Commune officer' },
  head: { vi: 'Hiệu trưởng', en: 'Head teacher' },
  accountant: { vi: 'Kế toán', en: 'Accountant' },
  cashier: { vi: 'Thủ quỹ', en: 'Cashier' },
  auditor: { vi: 'Kiểm tra, chỉ xem', en: 'Auditor, read only' },
}

export function roleName(role: Role, lang: Lang): string {
  return NAMES[role][lang]
}

interface HeldRole {
  role: Role
  schoolName: string | null
  authorityName: string | null
}

/** `Kế toán · Trường Tiểu học …`. */
export function heldRoleText({ role, schoolName, authorityName }: HeldRole, lang: Lang): string {
  const place = schoolName ?? authorityName
  return place === null ? roleName(role, lang) : `${roleName(role, lang)} · ${place}`
}
