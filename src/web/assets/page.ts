// What every page gains where scripts run: buttons that copy a value, a question before what is hard to undo, single
// keys that press what they are written on, and the current tab in sight. Without it all of that still works by hand.

export {}

for (const button of document.querySelectorAll<HTMLButtonElement>('[data-copy]')) {
  // Browsers offer the clipboard to safe addresses only.
  if (!navigator.clipboard) continue
  button.hidden = false
}

document.addEventListener('click', (event) => {
  const button = event.target instanceof Element ? event.target.closest<HTMLButtonElement>('[data-copy]') : null
  if (button) void copy(button)
})

async function copy(button: HTMLButtonElement): Promise<void> {
  // Pressed again while its sign is shown, it keeps the word that it had at first.
  const label = button.dataset['label'] ??= button.textContent ?? ''
  try {
    await navigator.clipboard.writeText(button.dataset['copy'] ?? '')
    button.textContent = '✓'
  } catch {
    button.textContent = '×'
  }
  setTimeout(() => { button.textContent = label }, 1_500)
}

document.addEventListener('submit', (event) => {
  const form = event.target instanceof HTMLFormElement ? event.target : undefined
  const question = form?.dataset['confirm']
  if (question !== undefined && !window.confirm(question)) event.preventDefault()
})

document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return
  const wanted = [...document.querySelectorAll<HTMLElement>('[data-key]')]
    .find((element) => element.dataset['key'] === event.key)
  if (!wanted) return
  event.preventDefault()
  if (wanted instanceof HTMLInputElement) wanted.focus()
  else wanted.click()
})

// On a narrow screen the links of a place lie in a row that scrolls.
for (const current of document.querySelectorAll<HTMLElement>('nav [aria-current]')) {
  const row = current.parentElement
  if (!row) continue
  const { left, width } = current.getBoundingClientRect()
  row.scrollLeft += left - row.getBoundingClientRect().left - (row.clientWidth - width) / 2
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || target.matches('input, select, textarea'))
}
