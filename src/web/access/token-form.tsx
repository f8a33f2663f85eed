// The form for a new API token: first where it is good, then its name, what it may do there and how long. A form that
// was filled in wrongly comes back as it was.
import type { FastifyRequest } from 'fastify'
import { SCOPES } from '../../access/actor.js'
import type { Scope } from '../../access/actor.js'
import type { TokenRequest } from '../../access/create-token.js'
import type { RolePlace } from '../../access/places.js'
import type { TokenPlace } from '../../access/tokens.js'
import { addDays, vietnamInstant } from '../../time.js'
import type { Day } from '../../time.js'
import { Card } from '../components/content.js'
import { Button, Checkbox, Field, PostForm, Select } from '../components/form.js'
import { EmptyState, Notice } from '../components/notice.js'
import { dayOf, textOf, textsOf } from '../desk/form-fields.js'
import type { Form } from '../desk/form-fields.js'
import type { Lang } from '../text.js'
import { PeopleFrame } from './people-views.js'
import { TOKENS } from './token-views.js'
import { scopeGroups, scopeName, tokenText } from './token-text.js'

const NAME_MAX_CHARS = 100

/** Where the token is to be good, and what there is to choose from. */
export interface TokenChoice {
  place: TokenPlace
  /** Part of a school's name. */
  schoolText: string
  schools: readonly RolePlace[]
  authorities: readonly RolePlace[]
  /** That may be given there. */
  scopes: readonly Scope[]
}

export interface TokenDraft {
  name: string
  scopes: readonly Scope[]
  placeId: string
  lastDay: string
}

export type TokenFaults = Partial<Record<'name' | 'scopes' | 'lastDay' | 'form', string>>

export function readTokenDraft(form: Form): TokenDraft {
  const sent = textsOf(form, 'scopes')
  return {
    name: textOf(form, 'name'), scopes: SCOPES.filter((scope) => sent.includes(scope)), placeId: textOf(form, 'placeId'),
    lastDay: textOf(form, 'lastDay'),
  }
}

/** What the draft asks for, or what is wrong with it. */
export function checkTokenDraft(
  { name, scopes, placeId, lastDay }: TokenDraft, place: TokenPlace, { lang, today }: { lang: Lang; today: Day },
): { request: TokenRequest } | { faults: TokenFaults } {
  const t = tokenText[lang]
  const day = dayOf(lastDay)
  const faults: TokenFaults = {
    ...(name === '' || name.length > NAME_MAX_CHARS ? { name: t.nameFault } : {}),
    ...(scopes.length === 0 ? { scopes: t.scopesFault } : {}),
    ...(lastDay !== '' && (day === undefined || day < today) ? { lastDay: t.lastDayFault } : {}),
    ...(place !== 'system' && placeId === '' ? { form: t.TOKEN_HOLDER_INVALID } : {}),
  }
  if (Object.keys(faults).length > 0) return { faults }
  const expiresAt = day === undefined ? undefined : vietnamInstant(addDays(day, 1))
  return {
    request: {
      name, scopes,
      ...(place === 'school' ? { schoolId: placeId } : {}),
      ...(place === 'authority' ? { authorityId: placeId } : {}),
      ...(expiresAt === undefined ? {} : { expiresAt }),
    },
  }
}

/** A token that nobody thinks of any more ends by itself. */
export function emptyTokenDraft(today: Day): TokenDraft {
  return { name: '', scopes: [], placeId: '', lastDay: addDays(today, 365) }
}

interface NewTokenProps {
  request: FastifyRequest
  choice: TokenChoice
  draft: TokenDraft
  faults: TokenFaults
}

export function NewTokenView(props: NewTokenProps) {
  const { request, choice: { place, schools, authorities }, faults } = props
  const t = tokenText[request.lang]
  const isChosen = place === 'system' || schools.length > 0 || authorities.length > 0
  return (
    <PeopleFrame request={request} around={TOKENS} title={t.add} current="tokens">
      <h1>{t.add}</h1>
      {faults.form !== undefined && <Notice tone="bad"><p>{faults.form}</p></Notice>}
      <div class="columns">
        <Card title={t.place}><PlaceForm {...props} isChosen={isChosen} /></Card>
        {isChosen && <Card title={t[place]}><TokenForm {...props} /></Card>}
      </div>
    </PeopleFrame>
  )
}

function PlaceForm({ request, choice, isChosen }: NewTokenProps & { isChosen: boolean }) {
  const t = tokenText[request.lang]
  const { place, schoolText, schools, authorities } = choice
  const places: readonly TokenPlace[] = ['school', 'authority', 'system']
  return (
    <form class="form" method="get" action={`${TOKENS.base}/new`}>
      <Select label={t.place} name="place" value={place} options={places.map((value) => ({ value, label: t[value] }))} />
      {place === 'school' && (
        <Field label={t.findSchool} name="school" type="search" value={schoolText} hint={t.findSchoolHint}
          fault={schoolText !== '' && schools.length === 0 ? t.noSchool : undefined} />
      )}
      {place === 'authority' && authorities.length === 0 && <EmptyState>{t.noAuthority}</EmptyState>}
      <Button kind={isChosen ? 'plain' : 'main'}>{t.goOn}</Button>
    </form>
  )
}

/** The address keeps the choice, so that a faulty form comes back with the same places to choose from. */
function TokenForm({ request, choice, draft, faults }: NewTokenProps) {
  const t = tokenText[request.lang]
  const { place, schoolText, schools, authorities, scopes } = choice
  const query = new URLSearchParams({ place, ...(schoolText === '' ? {} : { school: schoolText }) })
  const options = [...schools, ...authorities].map(({ id, name }) => ({ value: id, label: name }))
  return (
    <PostForm request={request} action={`${TOKENS.base}/new?${String(query)}`} class="form">
      {options.length > 0 && (
        <Select label={place === 'school' ? t.schoolField : t.authorityField} name="placeId" value={draft.placeId}
          options={options} />
      )}
      <Field label={t.name} name="name" value={draft.name} required hint={t.nameHint} fault={faults.name}
        input={{ maxLength: NAME_MAX_CHARS, autocomplete: 'off' }} />
      <ScopeFields request={request} scopes={scopes} chosen={draft.scopes} fault={faults.scopes} />
      <Field label={t.lastDay} name="lastDay" type="date" value={draft.lastDay} hint={t.lastDayHint}
        fault={faults.lastDay} />
      <Button>{t.add}</Button>
    </PostForm>
  )
}

function ScopeFields({ request: { lang }, scopes, chosen, fault }: {
  request: FastifyRequest; scopes: readonly Scope[]; chosen: readonly Scope[]; fault: string | undefined
}) {
  return (
    <fieldset class="scope-fields" aria-describedby={fault === undefined ? undefined : 'scopes-fault'}>
      <legend>{tokenText[lang].scopes}</legend>
      {scopeGroups(scopes, lang).map(({ title, scopes: some }) => (
        <fieldset key={title}>
          <legend>{title}</legend>
          {some.map((scope) => (
            <Checkbox key={scope} name="scopes" id={`scope-${scope.replace(':', '-')}`} value={scope}
              checked={chosen.includes(scope)} label={scopeName(scope, lang)} />
          ))}
        </fieldset>
      ))}
      {fault !== undefined && <p class="field-fault" id="scopes-fault">{fault}</p>}
    </fieldset>
  )
}
