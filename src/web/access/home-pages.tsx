// The first page: leads people who are signed in to their door, and says to everybody else where theirs is.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import type { Viewer } from '../../access/viewer.js'
import { secondFactorPath } from '../../http/auth.js'
import { Card } from '../components/content.js'
import { ButtonLink, PostForm } from '../components/form.js'
import { Notice } from '../components/notice.js'
import { OpenPage } from '../layout.js'
import { redirect, sendPage } from '../page.js'
import { doorsOf } from './door.js'
import type { Door } from './door.js'
import { text } from './text.js'

export const homePages: FastifyPluginAsyncTypebox = async (app) => {
  app.get('/', { config: { page: true, session: 'optional' }, schema: { hide: true } }, async (request, reply) => {
    const { session, viewer } = request
    if (session?.stage === 'password') return redirect(reply, secondFactorPath(session))
    if (viewer === null) return sendPage(reply, <OpenHome request={request} />)
    const doors = doorsOf(viewer)
    const [only] = doors
    if (only !== undefined && doors.length === 1) return redirect(reply, only.href)
    return sendPage(reply, <DoorHome request={request} viewer={viewer} doors={doors} />)
  })
}

function OpenHome({ request }: { request: FastifyRequest }) {
  const t = text[request.lang]
  return (
    <OpenPage request={request} title={t.welcome}>
      <h1>{t.welcome}</h1>
      <p>{t.welcomeIntro}</p>
      <Card title={t.forParents}><p>{t.forParentsText}</p></Card>
      <Card title={t.checkTitle}>
        <p>{t.checkText}</p>
        <ButtonLink href="/check">{t.check}</ButtonLink>
      </Card>
      <Card title={t.forStaff}>
        <ButtonLink kind="main" href="/login">{t.signIn}</ButtonLink>
      </Card>
    </OpenPage>
  )
}

function DoorHome({ request, viewer, doors }: { request: FastifyRequest; viewer: Viewer; doors: readonly Door[] }) {
  const t = text[request.lang]
  return (
    <OpenPage request={request} title={t.chooseDoor} styles={['access.css']}>
      <h1>{viewer.displayName}</h1>
      {doors.length === 0
        ? <Notice tone="warn"><p>{t.noRoles}</p></Notice>
        : (
          <Card title={t.chooseDoor}>
            <ul class="doors">
              {doors.map(({ href, place }) => (
                <li key={href}><ButtonLink href={href}>{place ?? t.administration}</ButtonLink></li>
              ))}
            </ul>
          </Card>
        )}
      <div class="row">
        <a href="/account">{t.account}</a>
        <PostForm request={request} action="/logout">
          <button class="link-button" type="submit">{t.signOut}</button>
        </PostForm>
      </div>
    </OpenPage>
  )
}
