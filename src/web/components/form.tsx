// Forms that send: the proof against forged requests is inside, and every field has its label, its hint and its
// fault beside it, tied together for screen readers.
import type { FastifyRequest } from 'fastify'
import { createElement } from 'preact'
import type { ComponentChildren, InputHTMLAttributes } from 'preact'

interface PostFormProps {
  request: FastifyRequest
  action: string
  children: ComponentChildren
  /** Files travel as multipart, whose fields are read too late to prove anything: the proof goes into the address. */
  multipart?: boolean
  class?: string
  /** Asked before it is sent, where scripts run. */
  confirm?: string
}

export function PostForm({ request, action, children, multipart = false, confirm, ...props }: PostFormProps) {
  const csrf = request.viewer?.csrfToken
  const target = multipart && csrf !== undefined
    ? `${action}${action.includes('?') ? '&' : '?'}_csrf=${encodeURIComponent(csrf)}`
    : action
  return (
    <form method="post" action={target} class={props.class} data-confirm={confirm}
      enctype={multipart ? 'multipart/form-data' : undefined}>
      {!multipart && csrf !== undefined && <input type="hidden" name="_csrf" value={csrf} />}
      {children}
    </form>
  )
}

interface FieldProps {
  label: string
  name: string
  /** Unique on the page; the name when there is only one such field. */
  id?: string
  value?: string | number
  type?: 'text' | 'password' | 'date' | 'number' | 'search' | 'email' | 'tel' | 'file'
  hint?: string
  fault?: string | undefined
  required?: boolean
  class?: string
  input?: InputHTMLAttributes
}

export function Field(props: FieldProps) {
  const { label, name, id = name, value, type = 'text', hint, fault, required, input } = props
  return (
    <div class={`field ${props.class ?? ''}`}>
      <label for={id}>{label}</label>
      {createElement('input', {
        id, name, type, value, required, 'aria-invalid': fault !== undefined,
        'aria-describedby': describedBy(id, hint, fault), ...input,
      })}
      <FieldNotes id={id} hint={hint} fault={fault} />
    </div>
  )
}

interface SelectProps {
  label: string
  name: string
  id?: string
  value?: string | undefined
  options: readonly { value: string; label: string }[]
  hint?: string
  fault?: string | undefined
  class?: string
}

export function Select({ label, name, id = name, value, options, hint, fault, ...props }: SelectProps) {
  return (
    <div class={`field ${props.class ?? ''}`}>
      <label for={id}>{label}</label>
      <select id={id} name={name} aria-invalid={fault !== undefined} aria-describedby={describedBy(id, hint, fault)}>
        {options.map((option) => (
          <option key={option.value} value={option.value} selected={option.value === value}>{option.label}</option>
        ))}
      </select>
      <FieldNotes id={id} hint={hint} fault={fault} />
    </div>
  )
}

interface TextAreaProps {
  label: string
  name: string
  id?: string
  value?: string
  rows?: number
  hint?: string
  fault?: string | undefined
  required?: boolean
}

export function TextArea({ label, name, id = name, value = '', rows = 3, hint, fault, required }: TextAreaProps) {
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <textarea id={id} name={name} rows={rows} required={required} aria-invalid={fault !== undefined}
        aria-describedby={describedBy(id, hint, fault)}>{value}</textarea>
      <FieldNotes id={id} hint={hint} fault={fault} />
    </div>
  )
}

interface CheckboxProps {
  label: ComponentChildren
  name: string
  id?: string
  value?: string
  checked?: boolean
  disabled?: boolean
}

export function Checkbox({ label, name, id = name, value = 'yes', checked, disabled }: CheckboxProps) {
  return (
    <div class="field field-check">
      <input id={id} name={name} type="checkbox" value={value} checked={checked} disabled={disabled} />
      <label for={id}>{label}</label>
    </div>
  )
}

function FieldNotes({ id, hint, fault }: { id: string; hint: string | undefined; fault: string | undefined }) {
  return (
    <>
      {hint !== undefined && <p class="field-hint" id={`${id}-hint`}>{hint}</p>}
      {fault !== undefined && <p class="field-fault" id={`${id}-fault`}>{fault}</p>}
    </>
  )
}

function describedBy(id: string, hint: string | undefined, fault: string | undefined): string | undefined {
  const ids = [...(hint === undefined ? [] : [`${id}-hint`]), ...(fault === undefined ? [] : [`${id}-fault`])]
  return ids.length === 0 ? undefined : ids.join(' ')
}

interface ButtonProps {
  children: ComponentChildren
  kind?: 'main' | 'plain' | 'danger' | 'quiet'
  name?: string
  value?: string
  disabled?: boolean
  /** One key that presses it, where scripts run and nobody is typing. */
  shortcut?: string
}

export function Button({ children, kind = 'main', name, value, disabled, shortcut }: ButtonProps) {
  return (
    <button class={`button button-${kind}`} type="submit" name={name} value={value} disabled={disabled}
      data-key={shortcut} aria-keyshortcuts={shortcut}>{children}</button>
  )
}

export function ButtonLink({ children, href, kind = 'plain', shortcut }: {
  children: ComponentChildren; href: string; kind?: ButtonProps['kind']; shortcut?: string
}) {
  return <a class={`button button-${kind}`} href={href} data-key={shortcut} aria-keyshortcuts={shortcut}>{children}</a>
}
