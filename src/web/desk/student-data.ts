// Which student does an address of the desk name? A number that is no id is a student who does not exist.
import { getStudent, noStudent } from '../../directory/get-student.js'
import type { Student } from '../../directory/get-student.js'
import type { Deps } from '../../deps.js'
import { isUuid } from '../../http/id.js'

/** Throws `STUDENT_NOT_FOUND`. */
export async function getDeskStudent(
  deps: Pick<Deps, 'db' | 'now'>, schoolId: string, studentId: string,
): Promise<Student> {
  if (!isUuid(studentId)) throw noStudent()
  return getStudent(deps, schoolId, studentId)
}
