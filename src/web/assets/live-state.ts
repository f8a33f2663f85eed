// Loads a page again when what it waits for has changed: a run that goes on, a test call that arrives. The page works
// without it by reloading by hand.

export {}

const EVERY_MS = 1_500
const GIVE_UP_AFTER_MS = 15 * 60_000
const startedAt = Date.now()

for (const element of document.querySelectorAll<HTMLElement>('[data-live]')) watch(element)

function watch(element: HTMLElement): void {
  const address = element.dataset['live'] ?? ''
  const shown = element.dataset['liveState'] ?? ''
  const timer = setInterval(() => {
    if (Date.now() - startedAt > GIVE_UP_AFTER_MS) return clearInterval(timer)
    // A form that somebody is filling in must not be lost.
    if (document.hidden || isTyping()) return
    void readState(address).then((state) => {
      if (state !== undefined && state !== shown && !isTyping()) location.replace(location.pathname)
    })
  }, EVERY_MS)
}

function isTyping(): boolean {
  return document.activeElement?.matches('input, select, textarea') ?? false
}

async function readState(address: string): Promise<string | undefined> {
  try {
    const answer = await fetch(address, { headers: { accept: 'text/plain' } })
    return answer.ok ? await answer.text() : undefined
  } catch {
    return undefined // offline for a moment; the next beat asks again
  }
}
