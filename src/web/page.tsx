// Sends a page: renders it on the server with every value escaped, never to be kept by a cache, and answers an act
// with a redirect so that a reload does not repeat it.
import type { FastifyReply } from 'fastify'
import type { VNode } from 'preact'
import { renderToString } from 'preact-render-to-string'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** A page for people: its errors are pages too, and without a sign-in it leads to the sign-in. */
    page?: true
  }
}

export function sendPage(reply: FastifyReply, page: VNode, status = 200): FastifyReply {
  return reply.code(status)
    .type('text/html; charset=utf-8')
    .header('cache-control', 'no-store')
    .serializer(String)
    .send(`<!doctype html>${renderToString(page)}`)
}

/** After an act: the browser asks for `path` by GET. */
export function redirect(reply: FastifyReply, path: string): FastifyReply {
  return reply.header('cache-control', 'no-store').redirect(path, 303)
}
