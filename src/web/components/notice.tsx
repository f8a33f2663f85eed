// What a page says about its own state: something was done, needs care, or failed; and how an empty list looks.
import type { ComponentChildren } from 'preact'

export type Tone = 'good' | 'info' | 'warn' | 'bad'

/** A sentence in its own box; the tone is also a sign, because colour alone says nothing to some. */
export function Notice({ tone, title, children }: { tone: Tone; title?: string; children?: ComponentChildren }) {
  return (
    <div class={`notice notice-${tone}`} role={tone === 'bad' ? 'alert' : 'status'}>
      <span class="notice-sign" aria-hidden="true">{SIGNS[tone]}</span>
      <div>
        {title !== undefined && <p class="notice-title">{title}</p>}
        {children}
      </div>
    </div>
  )
}

const SIGNS: Readonly<Record<Tone, string>> = { good: '✓', info: 'i', warn: '!', bad: '×' }

/** A state in one or two words. */
export function Badge({ tone, children }: { tone: Tone | 'plain'; children: ComponentChildren }) {
  return <span class={`badge badge-${tone}`}>{children}</span>
}

export function EmptyState({ children }: { children: ComponentChildren }) {
  return <div class="empty">{children}</div>
}
