// Keeps the parent's page true while it is looked at: when the service says that something changed, the part of the
// page that money can change is fetched anew, put in its place, and its news is read aloud. Without it, reload.

export {}

const ASK_AGAIN_MS = 30_000

let events: EventSource | undefined

function listen(): void {
  const address = document.getElementById('bill')?.dataset['events']
  if (address === undefined || document.hidden) return
  const source = new EventSource(address)
  events = source
  source.addEventListener('open', showThatItLives)
  source.addEventListener('change', () => { void showNews() })
  source.addEventListener('error', () => {
    // The browser comes back by itself unless it was refused.
    if (source.readyState === EventSource.CLOSED) setTimeout(listen, ASK_AGAIN_MS)
  })
}

function showThatItLives(): void {
  for (const part of document.querySelectorAll<HTMLElement>('[data-live]')) part.hidden = false
}

async function showNews(): Promise<void> {
  // The answer to a form stands at the form's address, where there is nothing to get.
  const address = document.getElementById('bill')?.dataset['page'] ?? location.pathname
  const answer = await fetch(address, { headers: { accept: 'text/html' } }).catch(() => undefined)
  if (!answer?.ok) return
  const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html').getElementById('bill')
  const shown = document.getElementById('bill')
  if (!fresh || !shown) return
  shown.replaceWith(fresh)
  showThatItLives()
  for (const button of fresh.querySelectorAll<HTMLElement>('[data-copy]')) button.hidden = !navigator.clipboard
  const news = document.getElementById('news')
  if (news) news.textContent = fresh.dataset['news'] ?? ''
}

// A phone in a pocket holds no connection; coming back to the page shows what happened meanwhile.
document.addEventListener('visibilitychange', () => {
  if (document.hidden) {
    events?.close()
    return
  }
  void showNews().then(listen)
})

listen()
