// How is a class named, and which grade is it? Pure.
import { tidyText } from './school.js'

export interface SchoolClass {
  id: string
  schoolYear: string
  name: string
  grade: number | null
}

/** Two spellings of one class compare equal: `"lớp 6a1"`, `"6A1"`, `"6 A1"`. */
export function classKey(name: string): string {
  return withoutWord(name).toLowerCase().replaceAll(' ', '')
}

/** A class name as it is stored: tidy, without the word "Lớp" before it. */
export function tidyClassName(name: string): string {
  return withoutWord(name)
}

function withoutWord(name: string): string {
  const tidy = tidyText(name)
  return tidy.replace(/^lớp\s+(?=\S)/iu, '')
}

/** The grade that a name begins with, 1 to 12: `"6A1"` -> 6, `"10/2"` -> 10, `"Lá 1"` -> null (preschool). */
export function gradeOfClassName(name: string): number | null {
  const grade = Number(/^\d{1,2}(?!\d)/.exec(withoutWord(name))?.[0] ?? 0)
  return grade >= 1 && grade <= 12 ? grade : null
}
