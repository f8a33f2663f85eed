// The two links with which a table leaves the page as a file. The workbook stands first: a spreadsheet that opens a CSV
// makes numbers of codes, and `0007` becomes 7.
import { catalogue } from '../text.js'
import type { Lang } from '../text.js'

const text = catalogue({
  csv: { vi: 'Tải CSV', en: 'CSV' },
  xlsx: { vi: 'Tải Excel', en: 'Excel' },
  why: {
    vi: 'Mở bằng Excel thì nên tải tệp Excel: tệp CSV mở bằng Excel mất số 0 ở đầu mã (0007 thành 7). CSV dành cho phần mềm khác.',
    en: 'For a spreadsheet take Excel: opened there, a CSV loses the zeros before a code (0007 becomes 7). CSV is for other programs.',
  },
  whyShort: { vi: 'CSV mở bằng Excel mất số 0 ở đầu mã', en: 'in a spreadsheet CSV loses the zeros before codes' },
})

/** `href` may have a query already; the format is added to it. */
export function ExportLinks({ href, lang }: { href: string; lang: Lang }) {
  const withFormat = (format: string): string => `${href}${href.includes('?') ? '&' : '?'}format=${format}`
  return (
    <span class="row small no-print">
      <a href={withFormat('xlsx')} download>{text[lang].xlsx}</a>
      <a href={withFormat('csv')} download title={text[lang].why}>{text[lang].csv}</a>
      <span class="soft" title={text[lang].why}>({text[lang].whyShort})</span>
    </span>
  )
}
