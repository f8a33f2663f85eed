// The addresses of the desk's pages about what waits and what came in. Pure.
import { deskPath } from './desk-links.js'

export function reviewPath(schoolId: string, query: Readonly<Record<string, string | undefined>> = {}): string {
  return withQuery(`${deskPath(schoolId)}/review`, query)
}

export function reviewItemPath(schoolId: string, reviewItemId: string): string {
  return `${reviewPath(schoolId)}/${reviewItemId}`
}

export function transactionsPath(schoolId: string, query: Readonly<Record<string, string | undefined>> = {}): string {
  return withQuery(`${deskPath(schoolId)}/transactions`, query)
}

export function transactionPath(schoolId: string, transactionId: string): string {
  return `${transactionsPath(schoolId)}/${transactionId}`
}

export function accountTransfersPath(
  schoolId: string, query: Readonly<Record<string, string | undefined>> = {},
): string {
  return withQuery(`${deskPath(schoolId)}/account-transfers`, query)
}

export function studentPath(schoolId: string, studentId: string): string {
  return `${deskPath(schoolId)}/students/${studentId}`
}

function withQuery(path: string, query: Readonly<Record<string, string | undefined>>): string {
  const given = Object.entries(query).flatMap(([name, value]) => (value === undefined || value === '' ? [] : [[name, value]]))
  return given.length === 0 ? path : `${path}?${new URLSearchParams(given).toString()}`
}
