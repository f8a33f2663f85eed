// Answers the search box of the desk: students, bills and transfers of one school that fit what was typed. It changes
// nothing and shows nothing of another school.
import type { Database, Trx } from '../db/tenancy.js'
import { schoolYearOf, vietnamDay } from '../time.js'
import type { SchoolYear } from '../time.js'
import { readCodeStudents } from './bill-store.js'
import { namesClass } from './memo-words.js'
import { readClasses } from './queries/review-candidates.js'
import * as found from './queries/search.js'
import type { FoundBill, FoundStudent, FoundTransfer } from './queries/search.js'
import { readSearch } from './search-query.js'
import type { SearchQuery } from './search-query.js'

export interface SearchResult {
  students: FoundStudent[]
  bills: FoundBill[]
  transfers: FoundTransfer[]
  /** There is more of one kind than is shown. */
  more: boolean
}

export interface SearchLimits {
  /** Of bills and of transfers. */
  shown: number
  students: number
}

/** No school is larger: names are narrowed down to a class after they were found. */
const MAX_PUPILS = 10_000
/** On a page; a class is shown whole. */
const ON_A_PAGE: SearchLimits = { shown: 20, students: 60 }

export async function searchSchool(
  db: Database, schoolId: string, text: string, now: Date, limits: SearchLimits = ON_A_PAGE,
): Promise<SearchResult> {
  const { shown } = limits
  const query = readSearch(text)
  const schoolYear = schoolYearOf(vietnamDay(now))
  return db.inSchool(schoolId, async (trx) => {
    const students = await findStudents(trx, schoolId, query, schoolYear, limits)
    const bills = [
      ...await found.findBillsOfCodes(trx, schoolId, query.codes, shown + 1),
      ...(query.amountVnd === null ? [] : await found.findBillsOfAmount(trx, schoolId, query.amountVnd, shown + 1)),
    ]
    const transfers = [...new Set([
      ...(query.codes.length > 0 ? await found.findTransfersOfBills(trx, schoolId, bills, shown + 1) : []),
      ...(query.amountVnd === null ? [] : await found.findTransfersOfAmount(trx, schoolId, query.amountVnd, shown + 1)),
      ...(query.bankRef === null ? [] : await found.findTransfersOfRef(trx, schoolId, query.bankRef, shown + 1)),
      ...await found.findTransfersOfWords(trx, query.words, shown + 1),
    ])]
    return {
      students: await found.readStudents(trx, schoolId, students.slice(0, limits.students), schoolYear),
      bills: await found.readBills(trx, schoolId, bills.slice(0, shown)),
      transfers: await found.readTransfers(trx, schoolId, transfers.slice(0, shown)),
      more: students.length > limits.students || bills.length > shown || transfers.length > shown,
    }
  })
}

/**
 * A number or a birth date that is a student's says all. Words that name a class narrow the names down to it; alone
 * they show the class.
 */
async function findStudents(
  trx: Trx, schoolId: string, query: SearchQuery, schoolYear: SchoolYear, { students: shown }: SearchLimits,
): Promise<string[]> {
  if (query.codes.length > 0) {
    return [...new Set((await readCodeStudents(trx, schoolId, query.codes)).map((row) => row.student_id))]
  }
  const numbered = [
    ...await found.findByIdentifier(trx, schoolId, query.identifiers, shown + 1),
    ...(query.birthOn === null ? [] : await found.findByBirthDay(trx, schoolId, query.birthOn, shown + 1)),
  ]
  if (numbered.length > 0) return [...new Set(numbered)]
  if (query.memoWords.length === 0) return []
  const classes = (await readClasses(trx, schoolId, schoolYear)).filter(({ name }) => namesClass(query.memoWords, name))
  const byClass = await found.findByClass(trx, schoolId, classes.map(({ id }) => id), shown + 1)
  const classWords = new Set(classes.flatMap(({ name }) => ['lop', ...name.toLowerCase().split(/[^a-z0-9]+/)]))
  const names = query.words.filter((word) => classes.length === 0 || !classWords.has(word))
  if (byClass.length > 0 && names.length === 0) return byClass
  const limit = byClass.length > 0 ? MAX_PUPILS : shown + 1
  const byName = await found.findByName(trx, names, limit)
  return byClass.length > 0 ? byName.filter((id) => byClass.includes(id)) : byName
}
