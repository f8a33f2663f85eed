// What one line of an entry moves: from which ledger account to which, and whose money it is. Pure.

export interface PostingDraft {
  debitNo: number
  creditNo: number
  amountVnd: number
  studentId: string | null
}

/** One posting for each pair of accounts and student; nothing for zero. */
export function foldPostings(lines: readonly PostingDraft[]): PostingDraft[] {
  const folded = new Map<string, PostingDraft>()
  for (const line of lines) {
    if (line.amountVnd === 0) continue
    const key = `${line.debitNo} ${line.creditNo} ${line.studentId ?? ''}`
    const same = folded.get(key)
    if (same) same.amountVnd += line.amountVnd
    else folded.set(key, { ...line })
  }
  return [...folded.values()]
}
