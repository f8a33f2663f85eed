// The page that stands for an error: what happened in plain words, the code for the help desk, and a way on.
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Problem } from '../http/problem.js'
import { ButtonLink } from './components/form.js'
import { Notice } from './components/notice.js'
import { OpenPage } from './layout.js'
import { sendPage } from './page.js'
import { refusalText } from './refusal-text.js'
import { catalogue } from './text.js'

const text = catalogue({
  missing: { vi: 'Không tìm thấy', en: 'Not found' },
  refused: { vi: 'Không thực hiện được', en: 'Cannot be done' },
  failed: { vi: 'Hệ thống gặp lỗi', en: 'The service failed' },
  code: { vi: (code: string) => `Mã lỗi: ${code}`, en: (code: string) => `Code: ${code}` },
  home: { vi: 'Về trang đầu', en: 'To the first page' },
})

export function sendErrorPage(request: FastifyRequest, reply: FastifyReply, problem: Problem): FastifyReply {
  const { status, code } = problem
  const t = text[request.lang]
  const title = status === 404 ? t.missing : status >= 500 ? t.failed : t.refused
  return sendPage(reply, (
    <OpenPage request={request} title={title}>
      <h1>{title}</h1>
      <Notice tone={status === 404 ? 'warn' : 'bad'}>
        <p>{refusalText(code, request.lang, status)}</p>
        <p class="small soft">{t.code(code)}</p>
      </Notice>
      <ButtonLink href="/">{t.home}</ButtonLink>
    </OpenPage>
  ), status)
}
