// May whoever looks at this desk do that here? To show or hide a control; the right itself was checked before.
import type { FastifyRequest } from 'fastify'
import type { Scope } from '../../access/actor.js'

/** A program that looks with its token (no viewer) was let in by its scopes already. */
export function mayHere({ viewer }: FastifyRequest, schoolId: string, scope: Scope): boolean {
  return viewer === null || viewer.may(scope, { schoolId })
}
