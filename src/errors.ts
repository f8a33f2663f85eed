// The one kind of refusal that use cases throw. Expected outcomes are values, broken assumptions are
// asserts; only http/ turns a code into a status.

/** One faulty field of an input: where it is, and what is wrong with it. */
export interface FieldError {
  field: string
  reason: string
  code?: string
}

/**
 * A request that the rules refuse. `code` is UPPER_SNAKE and stable (programs act on it); `message` says
 * what is wrong, where, and what to do; it never holds secrets or a child's name.
 */
export class DomainError extends Error {
  readonly code: string
  readonly errors: readonly FieldError[]

  constructor(code: string, message: string, errors: readonly FieldError[] = []) {
    super(message)
    this.name = 'DomainError'
    this.code = code
    this.errors = errors
  }
}
