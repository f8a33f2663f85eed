// The two links with which a table leaves the page as a file.
import { catalogue } from '../text.js'
import type { Lang } from '../text.js'

const text = catalogue({
  csv: { vi: 'Tải CSV', en: 'CSV' },
  xlsx: { vi: 'Tải Excel', en: 'Excel' },
})

/** `href` may have a query already; the format is added to it. */
export function ExportLinks({ href, lang }: { href: string; lang: Lang }) {
  const withFormat = (format: string): string => `${href}${href.includes('?') ? '&' : '?'}format=${format}`
  return (
    <span class="row small no-print">
      <a href={withFormat('xlsx')} download>{text[lang].xlsx}</a>
      <a href={withFormat('csv')} download>{text[lang].csv}</a>
    </span>
  )
}
