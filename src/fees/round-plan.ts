// Is a fee plan well-formed? Pure: each line has exactly what its scope needs, names things of this school
// and this school year, and says nothing twice. Whether its amounts are allowed is for price-cap.ts.
import type { FieldError } from '../errors.js'

/** From the narrowest to the widest; the narrowest wins for a student and fee kind. */
export const FEE_SCOPES = ['student', 'class', 'grade', 'school'] as const
export type FeeScope = (typeof FEE_SCOPES)[number]

export interface PlanLine {
  feeKindId: string
  scope: FeeScope
  grade?: number
  classId?: string
  studentId?: string
  /** 0 takes the fee off the bill of those in the scope. */
  amountVnd: number
}

/** What lines may name. */
export interface KnownNames {
  feeKindIds: ReadonlySet<string>
  /** Classes of the round's school year. */
  classIds: ReadonlySet<string>
  studentIds: ReadonlySet<string>
}

const NEEDED: Record<FeeScope, 'studentId' | 'classId' | 'grade' | undefined> =
  { student: 'studentId', class: 'classId', grade: 'grade', school: undefined }

/** All faults, each with the place of its line, for example `fees[2].classId`. */
export function findPlanFaults(lines: readonly PlanLine[], known: KnownNames): FieldError[] {
  const seen = new Map<string, number>()
  return lines.flatMap((line, index) => {
    const faults = findLineFaults(line, known)
    const key = [line.feeKindId, line.scope, line.grade, line.classId, line.studentId].join(' ')
    const first = seen.get(key)
    if (first === undefined) seen.set(key, index)
    else faults.push({ field: 'scope', reason: `says the same as fees[${first}]` })
    return faults.map(({ field, reason }) => ({ field: `fees[${index}].${field}`, reason }))
  })
}

function findLineFaults(line: PlanLine, known: KnownNames): FieldError[] {
  const faults: FieldError[] = []
  const needed = NEEDED[line.scope]
  for (const field of ['studentId', 'classId', 'grade'] as const) {
    if (field === needed && line[field] === undefined) {
      faults.push({ field, reason: `is needed with the scope ${line.scope}` })
    }
    if (field !== needed && line[field] !== undefined) {
      faults.push({ field, reason: `does not go with the scope ${line.scope}` })
    }
  }
  if (line.classId !== undefined && !known.classIds.has(line.classId)) {
    faults.push({ field: 'classId', reason: 'is no class of this school year' })
  }
  if (line.studentId !== undefined && !known.studentIds.has(line.studentId)) {
    faults.push({ field: 'studentId', reason: 'is no student of this school' })
  }
  if (!known.feeKindIds.has(line.feeKindId)) {
    faults.push({ field: 'feeKindId', reason: 'is no fee kind of this school' })
  }
  return faults
}
