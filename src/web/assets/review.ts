// Makes the review queue quick: j and k move from row to row, and the rest follows what is typed into the amounts.
// Without it Tab moves and the server does the sum.

export {}

document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return
  const step = event.key === 'j' ? 1 : event.key === 'k' ? -1 : 0
  if (step === 0) return
  const rows = [...document.querySelectorAll<HTMLElement>('[data-row]')]
  const at = rows.findIndex((row) => row === document.activeElement)
  const next = rows[at === -1 ? (step === 1 ? 0 : rows.length - 1) : at + step]
  if (!next) return
  event.preventDefault()
  next.focus()
})

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || target.matches('input, select, textarea'))
}

for (const output of document.querySelectorAll<HTMLOutputElement>('[data-rest-of]')) {
  const parts = [...output.closest('form')?.querySelectorAll<HTMLInputElement>('[data-part]') ?? []]
  const show = (): void => {
    const rest = parts.reduce((sum, part) => sum - amountIn(part.value), Number(output.dataset['restOf']))
    output.textContent = rest < 0 ? output.dataset['over'] ?? '' : `${grouped(rest)} đ`
    output.classList.toggle('review-over', rest < 0)
  }
  for (const part of parts) part.addEventListener('input', show)
  show()
}

for (const output of document.querySelectorAll<HTMLOutputElement>('[data-amount-of]')) {
  const field = document.getElementById(output.dataset['amountOf'] ?? '')
  if (!(field instanceof HTMLInputElement)) continue
  field.addEventListener('input', () => { output.textContent = `${grouped(amountIn(field.value))} đ` })
}

/** As the server reads it (`readVnd` in src/money.ts, whose table of cases this passes too); else nothing. */
function amountIn(text: string): number {
  if (text.length > 40) return 0
  const written = text.normalize('NFC').trim().replace(/\s*(?:đ|₫|đồng|vnđ|vnd)$/i, '')
  const groups = /^([1-9]\d{0,2}([., \u00a0\u202f])\d{3}(?:\2\d{3}){0,2})(?:(?!\2)[.,]00)?$/.exec(written)
  return /^(?:0|[1-9]\d{0,11})$/.test(written) ? Number(written) : Number(groups?.[1]?.replace(/\D/g, '') ?? 0)
}

function grouped(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+(?!\d))/g, '.')
}
