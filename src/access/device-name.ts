// What a browser calls itself, short enough for its owner to recognise: `Chrome · Windows`. Pure.

const BROWSERS: readonly [RegExp, string][] = [
  [/\bEdgA?\//, 'Edge'], [/\bOPR\//, 'Opera'], [/\bcoc_coc_browser\//, 'Cốc Cốc'], [/\bFirefox\/|\bFxiOS\//, 'Firefox'],
  [/\bCriOS\/|Chrome\//, 'Chrome'], [/\bSafari\//, 'Safari'],
]
const SYSTEMS: readonly [RegExp, string][] = [
  [/\bAndroid\b/, 'Android'], [/\biPhone\b/, 'iPhone'], [/\biPad\b/, 'iPad'], [/\bWindows\b/, 'Windows'],
  [/\bMac OS X\b/, 'macOS'], [/\bCrOS\b/, 'ChromeOS'], [/\bLinux\b/, 'Linux'],
]
const OTHER_CHARS = 30

/** Of a `User-Agent`; of a program that is no browser the first word. Null for none. */
export function deviceName(userAgent: string | undefined): string | null {
  if (userAgent === undefined || userAgent === '') return null
  const find = (known: readonly [RegExp, string][]) => known.find(([pattern]) => pattern.test(userAgent))?.[1]
  const names = [find(BROWSERS), find(SYSTEMS)].filter((name) => name !== undefined)
  return names.length > 0 ? names.join(' · ') : userAgent.split(/[\s/]/)[0]?.slice(0, OTHER_CHARS) ?? null
}
