// The cookie that a signed-in browser carries. Over TLS its name starts with `__Host-`, with which browsers refuse it
// from any other host, path or plain connection (RFC 6265bis §4.1.3.2).
import type { FastifyReply, FastifyRequest } from 'fastify'

export interface SessionCookie {
  read(request: FastifyRequest): string | undefined
  set(reply: FastifyReply, token: string): void
  clear(reply: FastifyReply): void
}

export function sessionCookie(publicUrl: string): SessionCookie {
  const secure = publicUrl.startsWith('https:')
  const name = secure ? '__Host-session' : 'session'
  // Lax: a link in a message may open a page; a form of another site may send nothing.
  const options = { path: '/', httpOnly: true, secure, sameSite: 'lax' } as const
  return {
    read: (request) => request.cookies[name],
    set(reply, token) { void reply.setCookie(name, token, options) },
    clear(reply) { void reply.clearCookie(name, options) },
  }
}
