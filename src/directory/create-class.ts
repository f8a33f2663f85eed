// Makes a class of a school year.
import { v7 as uuidv7 } from 'uuid'
import type { Actor } from '../access/actor.js'
import { recordAudit } from '../access/audit.js'
import { DomainError } from '../errors.js'
import { schoolYearStart } from '../time.js'
import { insertClass, readClasses } from './class-store.js'
import type { DirectoryDeps } from './directory-deps.js'
import { classKey, gradeOfClassName, tidyClassName } from './school-class.js'
import type { SchoolClass } from './school-class.js'
import { lockRoster } from './student-store.js'

export interface NewClass {
  schoolYear: string
  name: string
  /** Default: the number that the name begins with. */
  grade?: number | null | undefined
}

export async function createClass(
  { db }: DirectoryDeps,
  actor: Actor,
  schoolId: string,
  { schoolYear, name, grade }: NewClass,
): Promise<SchoolClass> {
  schoolYearStart(schoolYear)
  const made = {
    id: uuidv7(),
    schoolYear,
    name: tidyClassName(name),
    grade: grade === undefined ? gradeOfClassName(name) : grade,
  }
  await db.inSchool(schoolId, async (trx) => {
    await lockRoster(trx, schoolId)
    const classes = await readClasses(trx, schoolId, schoolYear)
    if (classes.some((known) => classKey(known.name) === classKey(name))) {
      const reason = `the class ${made.name} of ${schoolYear} is there already`
      throw new DomainError('SCHOOL_CLASS_EXISTS', reason, [{ field: 'name', reason }])
    }
    await insertClass(trx, schoolId, made)
    const { id, ...after } = made
    await recordAudit(trx, {
      actor,
      action: 'class.create',
      objectKind: 'school_class',
      objectId: id,
      after,
    })
  })
  return made
}
