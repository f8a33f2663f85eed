// The addresses of the desk's pages about collecting, in one place: a page that moves takes its links along. Pure.

export function deskPath(schoolId: string): string {
  return `/desk/${schoolId}`
}

export function roundsPath(schoolId: string): string {
  return `${deskPath(schoolId)}/rounds`
}

export function roundPath(schoolId: string, roundId: string): string {
  return `${roundsPath(schoolId)}/${roundId}`
}

/** A student in a round: the bills, own fees and optional items. */
export function roundStudentPath(schoolId: string, roundId: string, studentId: string): string {
  return `${roundPath(schoolId, roundId)}/students/${studentId}`
}

export function feesPath(schoolId: string): string {
  return `${deskPath(schoolId)}/fees`
}

export function channelsPath(schoolId: string): string {
  return `${deskPath(schoolId)}/channels`
}

export function channelPath(schoolId: string, channelId: string): string {
  return `${channelsPath(schoolId)}/${channelId}`
}
