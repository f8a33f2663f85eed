// Who is a student, how is one found by name, and what does a move do to the enrolment? Pure.
import { DomainError } from '../errors.js'
import { addDays, schoolYearStart } from '../time.js'
import type { Day, SchoolYear } from '../time.js'
import { planDatedChange } from './dated.js'

export const GENDERS = ['male', 'female'] as const
export type Gender = (typeof GENDERS)[number]

/** The identifiers by which a student is known; each may be missing, each is unique in a school. */
export interface Identifiers {
  /** Identifier of the ministry: permanent, one across levels (TT 42/2021 art. 10). */
  moetStudentId: string | null
  /** Personal identifier of the state, 12 digits. */
  personalId: string | null
  /** The school's own number. */
  schoolCode: string | null
}

/** In the order in which they are trusted. */
export const IDENTIFIER_FIELDS = ['moetStudentId', 'personalId', 'schoolCode'] as const
export type IdentifierField = (typeof IDENTIFIER_FIELDS)[number]

export interface StudentDetails extends Identifiers {
  fullName: string
  birthOn: Day | null
  gender: Gender | null
}

/**
 * A text as it is searched: lower case, without diacritics (đ is d), single spaces. `"Nguyễn Thị  Ánh"` ->
 * `"nguyen thi anh"`. Also how headers of a roster are compared.
 */
export function searchText(text: string): string {
  const bare = text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().replace(/[đðɖ]/gu, 'd')
  return bare.replace(/\s+/gu, ' ').trim()
}

/** Eth and the African D (U+00D0, U+0189) look like the Vietnamese Đ, and come out of old fonts in its place. */
export function withVietnameseD(text: string): string {
  return text.replace(/[ÐƉ]/gu, 'Đ').replace(/[ðɖ]/gu, 'đ')
}

const TONES = /[\u0300\u0301\u0303\u0309\u0323]/gu

/**
 * A name as it is compared: with its diacritics, without case, the tone of each word behind it. `"Hòa"` and `"Hoà"` are
 * one spelling: where the tone stands is a habit of the keyboard.
 */
export function spellingKey(name: string): string {
  const words = withVietnameseD(name).normalize('NFD').toLowerCase().split(/\s+/u)
  return words.map((word) => word.replace(TONES, '') + (word.match(TONES) ?? []).join('')).join(' ').trim()
}

export interface OpenEnrolment {
  id: string
  classId: string
  validFrom: Day
}

/** A student's enrolments in one school year. */
export interface Enrolments {
  open: OpenEnrolment | null
  /** The last day on which an ended enrolment ended. */
  endedOn: Day | null
}

export interface EnrolmentChange {
  /** The enrolment that ends, and the first day on which it no longer holds. */
  close: { id: string; validTo: Day } | null
  /** The class that begins on that day. */
  openClassId: string | null
}

/**
 * What it takes that the student is in `classId` (null: in no class, has left) from `on`. A change on the day
 * the open enrolment began leaves that one empty (`validTo` = `validFrom`): it never counted. Throws
 * `CHANGE_DATE_INVALID` when a newer enrolment began or ended after `on`.
 */
export function planEnrolment(
  { open, endedOn }: Enrolments,
  classId: string | null,
  on: Day,
): EnrolmentChange {
  if (open === null) {
    if (classId !== null && endedOn !== null) planDatedChange({ validFrom: endedOn }, on)
    return { close: null, openClassId: classId }
  }
  if (open.classId === classId) return { close: null, openClassId: null }
  planDatedChange(open, on)
  return { close: { id: open.id, validTo: on }, openClassId: classId }
}

/** Throws `ENROLMENT_DATE_INVALID` when a day is outside the school year, 1 August to 31 July. */
export function checkInSchoolYear(on: Day, schoolYear: SchoolYear, field: string): void {
  if (nearestDay(schoolYear, on) === on) return
  const reason = `${on} is not in the school year ${schoolYear}, from ${schoolYearStart(schoolYear)} on`
  throw new DomainError('ENROLMENT_DATE_INVALID', reason, [{ field, reason }])
}

/** The day of a school year that is nearest to `day`: itself, or the first or last one of the year. */
export function nearestDay(schoolYear: SchoolYear, day: Day): Day {
  const first = schoolYearStart(schoolYear)
  const last = addDays(`${Number(first.slice(0, 4)) + 1}${first.slice(4)}`, -1)
  if (day < first) return first
  return day > last ? last : day
}
