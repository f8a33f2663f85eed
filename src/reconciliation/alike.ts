// Have two providers told of one transfer, each in its own words? The bank's reference comes in many forms
// (`MBVCB.3278907687`, `3278907687`, `5214 - 37188`), so that equal keys alone do not show it. Pure; where it is likely
// and not certain a person is asked, for a wrong join loses money and a wrong split books it twice.
import { createHash } from 'node:crypto'
import type { BankEvent, Direction } from '../banking/bank-event.js'
import { daysBetween } from '../time.js'
import type { Day } from '../time.js'
import { readContent } from './read-content.js'

/** What an event is found again by: rows with an equal mark are looked at, and then compared whole. */
export interface Marks {
  /** Of the amount, and the payment codes or else the words. */
  likeness: string
  /** The digits at the reference's end, when there are enough of them to mean something. */
  refTail: string | null
}

/** A notice of money, as it is compared. */
export interface Notice extends Marks {
  channelId: string
  accountId: string | null
  direction: Direction
  amountVnd: number
  occurredAt: Date
  /** False when the bank gave only a day, or a time that nobody can believe. */
  hasTime: boolean
  bankDay: Day
}

/** A notice that was posted: of which transfer it told, and who told of that. */
export interface PostedNotice extends Notice {
  transferId: string
  /** `channel source` of each event. */
  toldBy: readonly string[]
}

// Below this, references of one day end alike by chance.
const TAIL_MIN_DIGITS = 8

export function marksOf(event: Pick<BankEvent, 'amountVnd' | 'memo' | 'fullText' | 'providerCode' | 'bankRef'>): Marks {
  const { codes } = readContent(event)
  const words = codes.length > 0 ? codes.sort().join(' ') : plainWords(event.memo)
  const likeness = createHash('sha256').update(`${event.amountVnd} ${words}`).digest('hex').slice(0, 24)
  const tail = /\d*$/.exec(event.bankRef ?? '')?.[0] ?? ''
  return { likeness, refTail: tail.length >= TAIL_MIN_DIGITS ? tail : null }
}

/** Letters and digits only, without marks: banks change case, accents and what stands between the words. */
function plainWords(memo: string): string {
  return memo.normalize('NFD').replace(/[đĐ]/g, 'd').toUpperCase().replace(/[^0-9A-Z]/g, '')
}

/** `joins` when reference, words and time all agree; else it may be one transfer or two. */
export interface Alike {
  kind: 'joins' | 'asks'
  transferId: string
}

/** Among notices of transfers that this channel has not told of: the one of another channel that tells of the same. */
export function findAlike(one: Notice, posted: readonly PostedNotice[]): Alike | undefined {
  let asks: Alike | undefined
  for (const other of posted) {
    if (other.channelId === one.channelId || !isSameMoney(one, other)) continue
    const tails = one.refTail !== null && one.refTail === other.refTail
    const words = one.likeness === other.likeness && isSameTime(one, other)
    if (tails && words) return { kind: 'joins', transferId: other.transferId }
    if (tails || words) asks ??= { kind: 'asks', transferId: other.transferId }
  }
  return asks
}

function isSameMoney(one: Notice, other: Notice): boolean {
  return one.accountId !== null && one.accountId === other.accountId && one.direction === other.direction
    && one.amountVnd === other.amountVnd && Math.abs(daysBetween(one.bankDay, other.bankDay)) <= 1
}

/** To the second where both have one; a provider without times may write the next day for a transfer at night. */
function isSameTime(one: Notice, other: Notice): boolean {
  return !one.hasTime || !other.hasTime || secondOf(one.occurredAt) === secondOf(other.occurredAt)
}

function secondOf(at: Date): number {
  return Math.floor(at.getTime() / 1_000)
}
