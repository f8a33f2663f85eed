// The directory over HTTP: authorities, schools, students, rosters.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Deps } from '../deps.js'
import { authorityRoutes } from './authority-routes.js'
import { rosterRoutes } from './roster-routes.js'
import { schoolRoutes } from './school-routes.js'
import { studentRoutes } from './student-routes.js'

export function directoryRoutes(deps: Deps): FastifyPluginAsyncTypebox {
  return async (app) => {
    await app.register(authorityRoutes(deps))
    await app.register(schoolRoutes(deps))
    await app.register(studentRoutes(deps))
    // Apart, because it alone takes bodies that are not JSON.
    await app.register(rosterRoutes(deps))
  }
}
