// All pages of the desk about students and cash.
import type { FastifyPluginAsync } from 'fastify'
import type { Deps } from '../../deps.js'
import { cashPages } from './cash-routes.js'
import { importPages } from './import-routes.js'
import { studentExportPages } from './student-export-routes.js'
import { studentFormPages } from './student-form-routes.js'
import { studentPages } from './student-routes.js'
import { studentListPages } from './students-routes.js'

export function studentsDeskPages(deps: Deps): FastifyPluginAsync {
  return async (app) => {
    await app.register(studentListPages(deps))
    await app.register(studentPages(deps))
    await app.register(studentExportPages(deps))
    await app.register(studentFormPages(deps))
    await app.register(importPages(deps))
    await app.register(cashPages(deps))
  }
}
