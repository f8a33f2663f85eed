// Small parts that the doors share: pairs of name and value, cards, tabs by link, progress, and a value with a
// button that copies it.
import type { ComponentChildren } from 'preact'
import { vndText, wholeText } from '../format.js'

/** Name and value in pairs, as a definition list. */
export function Facts({ items }: { items: readonly { name: string; value: ComponentChildren }[] }) {
  return (
    <dl class="facts">
      {items.map(({ name, value }) => <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}
    </dl>
  )
}

export function Card({ title, children, action, level = 2 }: {
  title?: ComponentChildren; children: ComponentChildren; action?: ComponentChildren; level?: 2 | 3
}) {
  const Heading = level === 2 ? 'h2' : 'h3'
  return (
    <section class="card">
      {title !== undefined && <div class="card-head"><Heading>{title}</Heading>{action}</div>}
      {children}
    </section>
  )
}

export interface Tab {
  href: string
  label: string
  count?: number
  current: boolean
}

export function Tabs({ label, tabs }: { label: string; tabs: readonly Tab[] }) {
  return (
    <nav class="tabs" aria-label={label}>
      {tabs.map(({ href, label: text, count, current }) => (
        <a key={href} href={href} aria-current={current ? 'page' : undefined}>
          {text}{count !== undefined && <span class="tab-count">{wholeText(count)}</span>}
        </a>
      ))}
    </nav>
  )
}

export function Money({ vnd }: { vnd: number }) {
  return <span class="number">{vndText(vnd)}</span>
}

/** A value and the button that copies it; the button appears only where scripts run. */
export function Copyable({ value, shown, label }: { value: string; shown?: ComponentChildren; label: string }) {
  return (
    <span class="copyable">
      <span class="copyable-value">{shown ?? value}</span>
      <button class="button button-quiet copy-button" type="button" data-copy={value} hidden>{label}</button>
    </span>
  )
}

export function Progress({ done, total, label }: { done: number; total: number; label: string }) {
  return (
    <div class="progress">
      <progress max={Math.max(total, 1)} value={done} aria-label={label} />
      <span class="number">{wholeText(done)}/{wholeText(total)}</span>
    </div>
  )
}
