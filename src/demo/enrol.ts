// Brings the students of a school in as schools do, by a CSV, and reads back under which id the service keeps each.
import { ImportReply, StudentItem } from '../directory/student-schema.js'
import { DomainError } from '../errors.js'
import { schoolYearStart } from '../time.js'
import type { SchoolYear } from '../time.js'
import type { Client } from './client.js'
import type { OpenSchool } from './open-province.js'
import { rosterCsv } from './roster.js'

/** The ids of the students in the order of the plan. An import goes in whole or not at all. */
export async function enrolStudents(client: Client, open: OpenSchool, schoolYear: SchoolYear): Promise<string[]> {
  const { school, students, id, fresh } = open
  if (students.length === 0) return []
  const list = `/api/v1/schools/${id}/students`
  const known = fresh ? [] : await client.list(list, StudentItem)
  if (known.length === students.length) return idsInOrder(open, known)
  const path = `${list}/import?schoolYear=${schoolYear}&enrolFrom=${schoolYearStart(schoolYear)}`
  const { refused } = await client.upload(path, 'text/csv', rosterCsv(school, students), ImportReply)
  if (refused > 0) {
    throw new DomainError('DEMO_REQUEST_REFUSED', `${refused} students of ${school.moetCode} were refused.`)
  }
  return idsInOrder(open, await client.list(list, StudentItem))
}

function idsInOrder(
  { students }: OpenSchool, items: readonly { id: string; moetStudentId: string | null }[],
): string[] {
  const idOf = new Map(items.map(({ moetStudentId, id }) => [moetStudentId, id]))
  return students.map(({ moetStudentId }) => {
    const id = idOf.get(moetStudentId)
    if (id === undefined) throw new DomainError('DEMO_ANSWER_UNKNOWN', `The student ${moetStudentId} did not arrive.`)
    return id
  })
}
