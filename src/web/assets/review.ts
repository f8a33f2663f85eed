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

/** As the server reads it: `1.234.567 đ` or `1234567`; nothing for anything else. */
function amountIn(text: string): number {
  const digits = text.replace(/đ\s*$/i, '').replace(/[\s.]/g, '')
  return /^\d{1,9}$/.test(digits) ? Number(digits) : 0
}

function grouped(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+(?!\d))/g, '.')
}
