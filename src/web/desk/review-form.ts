// Turns a posted form of the review desk into the act it asks for. It reads fields and calls the use case; what is
// allowed is decided there.
import type { FastifyRequest } from 'fastify'
import type { Deps } from '../../deps.js'
import { DomainError } from '../../errors.js'
import { isUuid } from '../../http/id.js'
import { assignTransfer } from '../../reconciliation/assign.js'
import { decideCallback } from '../../reconciliation/decide-callback.js'
import { CREDIT_CHOICES, creditChoice, decideCredit } from '../../reconciliation/decide-credit.js'
import { decideEvent, decideRepeat } from '../../reconciliation/decide-event.js'
import type { Said } from '../../reconciliation/decide-event.js'
import { pairRefund } from '../../reconciliation/decide-refund.js'
import { closeItem, markNotOurs, reopenItem } from '../../reconciliation/set-apart.js'
import type { ActOutcome, Asking } from '../../reconciliation/take-up.js'
import { vietnamDay } from '../../time.js'
import { amountOf, textOf } from './form-fields.js'
import type { Form } from './form-fields.js'

export const FORM_ACTS = ['assign', 'not-ours', 'repeat', 'event', 'callback', 'credit', 'refund', 'close', 'reopen'] as const
export type FormAct = (typeof FORM_ACTS)[number]

const AMOUNT = 'amount:'
const NOTE_MAX_CHARS = 500

/** The amount fields with something in them, in the form's order; `amountVnd` is undefined where it is none. */
export function amountsIn(form: Form): { invoiceId: string; text: string; amountVnd: number | undefined }[] {
  return Object.keys(form).filter((name) => name.startsWith(AMOUNT)).flatMap((name) => {
    const text = textOf(form, name)
    return text === '' ? [] : [{ invoiceId: name.slice(AMOUNT.length), text, amountVnd: amountOf(text) }]
  })
}

export function askingOf({ actor }: Pick<FastifyRequest, 'actor'>, form: Form): Asking {
  const requestId = textOf(form, 'requestId')
  return { actor, note: textOf(form, 'note').slice(0, NOTE_MAX_CHARS), ...(requestId !== '' && { requestId }) }
}

/** Errors: those of the use case, `AMOUNT_INVALID`, `CHOICE_INVALID`. */
export async function carryOut(
  { db, queues, now }: Deps,
  act: FormAct,
  asking: Asking,
  on: { schoolId: string; reviewItemId: string },
  form: Form,
): Promise<ActOutcome> {
  switch (act) {
    case 'assign': return assignTransfer(db, asking, { ...on, ...readAssignment(form) })
    case 'not-ours': return markNotOurs(db, asking, on)
    case 'close': return closeItem(db, asking, on)
    case 'reopen': return reopenItem(db, asking, on)
    case 'repeat':
      return decideRepeat(db, asking, { ...on, choice: choiceOf(form, ['copy', 'new']), ...saidIn(form) })
    case 'credit': return decideCredit(db, asking,
      { ...on, ...creditChoice(choiceOf(form, CREDIT_CHOICES), vietnamDay(now())) })
    case 'refund':
      return pairRefund(db, asking, { ...on, creditIds: textOf(form, 'credits').split(' ').filter(isUuid) })
    case 'callback': {
      const choice = choiceOf(form, ['retry', 'set_aside'])
      return decideCallback({ db, ring: queues.ring }, asking, { ...on, choice })
    }
    case 'event':
      return decideEvent(db, asking, { ...on, choice: choiceOf(form, ['post', 'reject']), ...saidIn(form) })
  }
}

/** Empty fields say nothing. */
function saidIn(form: Form): Said {
  const [bankAccountId, bankDay] = [textOf(form, 'bankAccountId'), textOf(form, 'bankDay')]
  const direction = (['in', 'out'] as const).find((one) => one === textOf(form, 'direction'))
  return { direction, ...(isUuid(bankAccountId) && { bankAccountId }), ...(bankDay !== '' && { bankDay }) }
}

/** An empty or zero field assigns nothing. */
function readAssignment(form: Form) {
  const amounts = amountsIn(form)
  const faulty = amounts.filter(({ invoiceId, amountVnd }) => amountVnd === undefined || !isUuid(invoiceId))
  if (faulty.length > 0) {
    const reason = 'is no amount in whole đồng'
    const errors = faulty.map(({ invoiceId }) => ({ field: `${AMOUNT}${invoiceId}`, reason, code: 'AMOUNT_INVALID' }))
    throw new DomainError('AMOUNT_INVALID', 'an amount cannot be read', errors)
  }
  const bills = amounts.flatMap(({ invoiceId, amountVnd }) => (amountVnd ? [{ invoiceId, amountVnd }] : []))
  const creditStudentId = textOf(form, 'creditStudentId')
  return { bills, ...(isUuid(creditStudentId) && { credit: { studentId: creditStudentId } }) }
}

function choiceOf<Choice extends string>(form: Form, choices: readonly Choice[]): Choice {
  const chosen = choices.find((choice) => choice === textOf(form, 'choice'))
  if (chosen === undefined) throw new DomainError('CHOICE_INVALID', `choose one of ${choices.join(', ')}`)
  return chosen
}

/** Which field of the form a refusal is about: `bills/1/amountVnd` is the second amount that was typed. */
export function fieldOf(field: string, form: Form): string {
  const at = /^bills\/(\d+)\//.exec(field)?.[1]
  if (at === undefined) return field
  const typed = amountsIn(form).filter(({ amountVnd }) => amountVnd !== 0)[Number(at)]
  return typed ? `${AMOUNT}${typed.invoiceId}` : field
}
