// The two languages of the pages and how a door keeps its sentences: one catalogue, each entry in Vietnamese first
// and in English second, so that no sentence can exist in one language alone. Pure.

export const LANGUAGES = ['vi', 'en'] as const
export type Lang = (typeof LANGUAGES)[number]

type Sentence = string | ((...values: never[]) => string)
type Entries = Record<string, { vi: Sentence; en: Sentence }>

/** Texts may differ between the languages; functions take the same values in both. */
type Widened<Value extends Sentence> = Value extends string ? string : Value

/** The sentences of one catalogue in one language. */
export type Texts<Known extends Entries> = { readonly [Key in keyof Known]: Widened<Known[Key]['vi']> }

/** `catalogue({ title: { vi: 'Hôm nay', en: 'Today' } })[lang].title`; a missing translation does not compile. */
export function catalogue<Known extends Entries>(
  entries: Known & { [Key in keyof Known]: { en: Widened<Known[Key]['vi']> } },
): Readonly<Record<Lang, Texts<Known>>> {
  return { vi: pick<Known>(entries, 'vi'), en: pick<Known>(entries, 'en') }
}

function pick<Known extends Entries>(entries: Entries, lang: Lang): Texts<Known> {
  // Object.fromEntries forgets the keys that it was given.
  return Object.fromEntries(Object.entries(entries).map(([key, entry]) => [key, entry[lang]])) as Texts<Known>
}
