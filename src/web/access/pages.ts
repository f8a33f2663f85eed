// Everything that has to do with signing in, with people and with their rights, as pages.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Deps } from '../../deps.js'
import { accountPages } from './account-pages.js'
import { auditPages } from './audit-pages.js'
import { homePages } from './home-pages.js'
import { oidcPages } from './oidc-pages.js'
import { peoplePages } from './people-pages.js'
import { signInPages } from './sign-in-pages.js'
import { tokenPages } from './token-pages.js'

export function accessPages(deps: Deps): FastifyPluginAsyncTypebox {
  return async (app) => {
    await app.register(homePages)
    await app.register(signInPages(deps))
    if (deps.config.oidc !== undefined) await app.register(oidcPages(deps, deps.config.oidc))
    await app.register(accountPages)
    await app.register(peoplePages(deps))
    await app.register(tokenPages(deps))
    await app.register(auditPages(deps))
  }
}
