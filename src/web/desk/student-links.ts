// The addresses of the desk's pages about students and cash, in one place. Pure.
import { deskPath } from './desk-links.js'

export function studentsPath(schoolId: string): string {
  return `${deskPath(schoolId)}/students`
}

export function studentPath(schoolId: string, studentId: string): string {
  return `${studentsPath(schoolId)}/${studentId}`
}

export const STUDENT_TABLES = ['bills', 'payments', 'credits', 'exemptions', 'history'] as const
export type StudentTableName = (typeof STUDENT_TABLES)[number]

/** One of the tables of a student's page as a file. */
export function studentTablePath(schoolId: string, studentId: string, name: StudentTableName): string {
  return `${studentPath(schoolId, studentId)}/export/${name}`
}

export function importPath(schoolId: string): string {
  return `${studentsPath(schoolId)}/import`
}

export function cashPath(schoolId: string): string {
  return `${deskPath(schoolId)}/cash`
}

export function receiptPath(schoolId: string, receiptId: string): string {
  return `${cashPath(schoolId)}/${receiptId}`
}

/** `?a=b&c=d` of what is given; empty when nothing is. */
export function queryOf(values: Readonly<Record<string, string | undefined>>): string {
  const given = Object.entries(values).filter((pair): pair is [string, string] => pair[1] !== undefined && pair[1] !== '')
  return given.length === 0 ? '' : `?${new URLSearchParams(given).toString()}`
}
