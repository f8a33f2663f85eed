// An act of a page that the rules may refuse: the page is shown again with the reason, and only what is broken on our
// side becomes an error page.
import type { Problem } from '../../http/problem.js'
import { toProblem } from '../../http/problem.js'
import { refusalText } from '../refusal-text.js'
import type { Lang } from '../text.js'

export interface Refusal {
  code: string
  status: number
  /** One sentence for the reader. */
  text: string
  /** What was thrown, for pages that can say more about it. */
  cause: unknown
}

/** Undefined when the act was done. Throws what is no refusal. */
export async function refusalOf(lang: Lang, act: () => Promise<unknown>): Promise<Refusal | undefined> {
  try {
    await act()
    return undefined
  } catch (cause) {
    const problem: Problem = toProblem(cause)
    if (problem.status >= 500) throw cause
    return { code: problem.code, status: problem.status, text: refusalText(problem.code, lang, problem.status), cause }
  }
}
