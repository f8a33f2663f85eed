// The frames that every page stands in: the document with its assets, the open frame for parents and passers-by,
// and the staff frame with navigation. A frame shows only links that its viewer may follow.
import type { FastifyRequest } from 'fastify'
import type { ComponentChildren } from 'preact'
import type { Scope } from '../access/actor.js'
import { assetUrl } from './assets.js'
import { PostForm } from './components/form.js'
import { addressOf } from './language.js'
import { layoutText } from './layout-text.js'
import type { Lang } from './text.js'

interface DocumentProps {
  lang: Lang
  title: string
  styles: readonly string[]
  scripts: readonly string[]
  bodyClass: string
  children: ComponentChildren
}

function Document({ lang, title, styles, scripts, bodyClass, children }: DocumentProps) {
  return (
    <html lang={lang}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex, nofollow" />
        <meta name="color-scheme" content="light" />
        <title>{title}</title>
        <link rel="icon" href="data:," />
        {styles.map((name) => <link key={name} rel="stylesheet" href={assetUrl(name)} />)}
        {scripts.map((name) => <script key={name} type="module" src={assetUrl(name)} />)}
      </head>
      <body class={bodyClass}>
        <a class="skip-link" href="#main">{layoutText[lang].skip}</a>
        {children}
      </body>
    </html>
  )
}

interface FrameProps {
  request: FastifyRequest
  /** Of the browser's tab; the page writes its own `h1`. */
  title: string
  styles?: readonly string[]
  scripts?: readonly string[]
  children: ComponentChildren
}

/** For everybody: one narrow column, one weight of the typeface, nothing to sign in to. */
export function OpenPage({ request, title, styles = [], scripts = [], children }: FrameProps) {
  const { lang } = request
  return (
    <Document lang={lang} title={title} bodyClass="open" styles={['site.css', ...styles]}
      scripts={['page.js', ...scripts]}>
      <main id="main" class="open-main">{children}</main>
      <footer class="open-footer">
        <span>{layoutText[lang].product}</span>
        <LanguageLink request={request} />
      </footer>
    </Document>
  )
}

export interface NavLink {
  key: string
  href: string
  label: string
  /** Shown only to whom may follow it. */
  scope: Scope
}

interface StaffFrameProps extends FrameProps {
  /** What stands in the head line: the school, the authority, or the system. */
  place: string
  nav: readonly NavLink[]
  /** Key of the link of this page. */
  current: string
  /** Whose rows the links lead to. */
  at: { schoolId?: string; authorityId?: string }
  /** Where the search box of the head line sends its `q`; none without. */
  searchAction?: string
  searchValue?: string
}

/** For people who signed in (or a program that looks at a page with its token). */
export function StaffFrame(props: StaffFrameProps) {
  const { request, title, place, nav, current, at, styles = [], scripts = [], children } = props
  const { lang, viewer } = request
  const t = layoutText[lang]
  const links = nav.filter(({ scope }) => viewer === null || viewer.may(scope, at))
  return (
    <Document lang={lang} title={`${title} · ${place}`} bodyClass="staff" styles={['site.css', 'staff.css', ...styles]}
      scripts={['page.js', ...scripts]}>
      <header class="staff-head">
        <p class="staff-place">{place}</p>
        {props.searchAction !== undefined && (
          <form class="staff-search" role="search" action={props.searchAction} method="get">
            <input type="search" name="q" value={props.searchValue ?? ''} aria-label={t.search}
              placeholder={t.searchHint} autocomplete="off" data-key="/" />
            <button class="button button-quiet" type="submit">{t.search}</button>
          </form>
        )}
        <div class="staff-viewer">
          <LanguageLink request={request} />
          {viewer !== null && <a href="/account">{viewer.displayName}</a>}
          {viewer !== null && (
            <PostForm request={request} action="/logout">
              <button class="link-button" type="submit">{t.signOut}</button>
            </PostForm>
          )}
        </div>
        {links.length > 0 && (
          <nav class="staff-nav" aria-label={t.navigation}>
            {links.map(({ key, href, label }) => (
              <a key={key} href={href} aria-current={key === current ? 'page' : undefined}>{label}</a>
            ))}
          </nav>
        )}
      </header>
      <main id="main" class="staff-main">{children}</main>
    </Document>
  )
}

interface DeskPageProps extends FrameProps {
  schoolId: string
  schoolName: string
  current: string
  searchValue?: string
}

/** The accountant's desk of one school. */
export function DeskPage({ schoolId, schoolName, ...props }: DeskPageProps) {
  const base = `/desk/${schoolId}`
  return (
    <StaffFrame {...props} place={schoolName} at={{ schoolId }} nav={deskLinks(base, props.request.lang)}
      searchAction={`${base}/search`} />
  )
}

function deskLinks(base: string, lang: Lang): NavLink[] {
  const t = layoutText[lang]
  return [
    { key: 'today', href: base, label: t.today, scope: 'banking:read' },
    { key: 'review', href: `${base}/review`, label: t.review, scope: 'review:read' },
    { key: 'transactions', href: `${base}/transactions`, label: t.transactions, scope: 'review:read' },
    { key: 'students', href: `${base}/students`, label: t.students, scope: 'invoices:read' },
    { key: 'rounds', href: `${base}/rounds`, label: t.rounds, scope: 'invoices:read' },
    { key: 'cash', href: `${base}/cash`, label: t.cash, scope: 'invoices:read' },
    { key: 'fees', href: `${base}/fees`, label: t.fees, scope: 'fees:read' },
    { key: 'channels', href: `${base}/channels`, label: t.channels, scope: 'banking:read' },
    { key: 'people', href: `${base}/people`, label: t.people, scope: 'users:write' },
    { key: 'audit', href: `${base}/audit`, label: t.audit, scope: 'audit:read' },
  ]
}

interface ProvincePageProps extends FrameProps {
  authorityId: string
  authorityName: string
  current: string
}

/** The dashboard of an authority. */
export function ProvincePage({ authorityId, authorityName, ...props }: ProvincePageProps) {
  const base = `/province/${authorityId}`
  const t = layoutText[props.request.lang]
  const nav: NavLink[] = [
    { key: 'province', href: base, label: t.province, scope: 'reports:read' },
    { key: 'report', href: `${base}/report`, label: t.report, scope: 'reports:read' },
    { key: 'caps', href: `${base}/price-caps`, label: t.priceCaps, scope: 'reports:read' },
  ]
  return <StaffFrame {...props} place={authorityName} at={{ authorityId }} nav={nav} />
}

/** The other language at the same address. */
function LanguageLink({ request }: { request: FastifyRequest }) {
  const other = request.lang === 'vi' ? 'en' : 'vi'
  const { path, query } = addressOf(request.url)
  query.delete('_csrf') // the proof of a form with a file; a link must not carry it on
  query.set('lang', other)
  return <a class="language" href={`${path}?${String(query)}`} lang={other} hreflang={other} rel="nofollow">
    {layoutText[request.lang].otherLanguage}
  </a>
}
