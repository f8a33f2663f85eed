// What the parts below HTTP need of a logger: pino's own, or a silent one in tests. Never a body, a secret or a
// child's name goes in.

type LogMethod = (details: object, message: string) => void

export interface Log {
  debug: LogMethod
  info: LogMethod
  warn: LogMethod
  error: LogMethod
}
