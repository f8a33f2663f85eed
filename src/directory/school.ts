// What is a school, and what changes when its profile changes? The words of the sector (facts: identifiers,
// levels, types). Pure.
import type { Dated } from './dated.js'

export const SCHOOL_TYPES = ['public', 'community', 'private', 'ethnic_boarding', 'gifted'] as const
export type SchoolType = (typeof SCHOOL_TYPES)[number]

export const SCHOOL_LEVELS = [
  'preschool',
  'primary',
  'lower_secondary',
  'upper_secondary',
  'multi_level',
  'continuing',
  'vocational_continuing',
] as const
export type SchoolLevel = (typeof SCHOOL_LEVELS)[number]

/** The three outside identifiers may each be missing, or wrong for a time; the key is our own id. */
export interface SchoolProfile {
  name: string
  type: SchoolType
  levels: SchoolLevel[]
  urban: boolean
  moetCode: string | null
  eId: string | null
  taxCode: string | null
}

export interface DatedProfile extends SchoolProfile, Dated {}

/** Every property may be undefined, which means: as it is. */
export type ProfileChange = { [Field in keyof SchoolProfile]?: SchoolProfile[Field] | undefined }

/** The profile after a change, levels each once and in the order of the sector. */
export function changeProfile(profile: SchoolProfile, change: ProfileChange): SchoolProfile {
  const levels = change.levels ?? profile.levels
  return {
    name: tidyText(change.name ?? profile.name),
    type: change.type ?? profile.type,
    levels: SCHOOL_LEVELS.filter((level) => levels.includes(level)),
    urban: change.urban ?? profile.urban,
    moetCode: change.moetCode === undefined ? profile.moetCode : change.moetCode,
    eId: change.eId === undefined ? profile.eId : change.eId,
    taxCode: change.taxCode === undefined ? profile.taxCode : change.taxCode,
  }
}

/** The names of the properties in which two profiles differ. */
export function changedFields(before: SchoolProfile, after: SchoolProfile): (keyof SchoolProfile)[] {
  const fields = ['name', 'type', 'levels', 'urban', 'moetCode', 'eId', 'taxCode'] as const
  return fields.filter((field) => JSON.stringify(before[field]) !== JSON.stringify(after[field]))
}

/** NFC, without invisible joiners, outer spaces off, runs of spaces as one: how every name is stored. */
export function tidyText(text: string): string {
  return text
    .normalize('NFC')
    .replace(/[\u200B-\u200D\u2060]/gu, '')
    .replace(/\s+/gu, ' ')
    .trim()
}
