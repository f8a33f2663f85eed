// Which account stands for which: money meant for a replaced account is money for the one that replaced it.

interface Replaceable {
  id: string
  replaced_by: string | null
}

/** The last in the chain of replacements of `accountId`; itself when nothing replaced it. */
export function currentAccount(accounts: readonly Replaceable[], accountId: string): string {
  const byId = new Map(accounts.map((account) => [account.id, account]))
  const passed = new Set<string>()
  let at = accountId
  for (;;) {
    const next = byId.get(at)?.replaced_by ?? null
    if (next === null || passed.has(next)) return at
    passed.add(at)
    at = next
  }
}
