// How one bill is paid: the QR first, big enough for another phone, then the same transfer line by line with a button
// that copies each, then the apps that fill everything in. No way that costs anything stands here.
import { findBank } from '../../vietqr/banks.js'
import type { BankAppLink } from '../../vietqr/bank-apps.js'
import { Card, Copyable, Facts } from '../components/content.js'
import { Badge, Notice } from '../components/notice.js'
import { vndText } from '../format.js'
import type { Lang } from '../text.js'
import type { PageBill, Payment } from './bill.js'
import { text } from './text.js'

export interface PayCardProps {
  bill: PageBill
  lang: Lang
  /** "Part 1 of 2"; undefined when the bill is alone. */
  part?: { no: number; of: number }
  /** What holds for all parts is said with the first that is open. */
  withHints: boolean
  /** The drawn QR; undefined where none can be made. */
  svg: string | undefined
  /** The path of this bill's own link, which its picture hangs under. */
  path: string
  apps: readonly BankAppLink[]
}

export function PayCard({ bill, lang, part, withHints, svg, path, apps }: PayCardProps) {
  const t = text[lang]
  const partName = part && t.part(part.no, part.of)
  const { payment } = bill
  if (payment.kind === 'nothing') {
    if (partName === undefined) return null
    const isZero = bill.payableVnd === 0
    return (
      <Card title={partName} action={<Badge tone="good">{isZero ? t.partZero : t.partDone}</Badge>}>
        <p class="number">{vndText(bill.payableVnd)}</p>
      </Card>
    )
  }
  if (payment.kind === 'closed') {
    const title = partName === undefined ? t.closed : `${partName}: ${t.closed}`
    return <Notice tone="warn" title={title}><p>{t.closedBody}</p></Notice>
  }
  return (
    <Card title={partName ?? t.payHere} action={<strong class="number large">{vndText(payment.amountVnd)}</strong>}>
      {svg === undefined ? <p>{t.noQr}</p> : <QrFigure bill={bill} lang={lang} svg={svg} path={path} />}
      {svg !== undefined && withHints && <p class="small soft">{t.scan}</p>}
      {withHints && <p class="pay-free">{t.free}</p>}
      <h3>{t.byHand}</h3>
      <Transfer payment={payment} lang={lang} />
      {withHints && <p class="small soft">{t.keepPurpose}</p>}
      {apps.length > 0 && <Apps apps={apps} lang={lang} hint={withHints} />}
    </Card>
  )
}

function QrFigure({ bill, lang, svg, path }: { bill: PageBill; lang: Lang; svg: string; path: string }) {
  const t = text[lang]
  const label = t.qrLabel(vndText(bill.openVnd), bill.code)
  return (
    <>
      <figure class="pay-qr">
        <div role="img" aria-label={label} dangerouslySetInnerHTML={{ __html: svg }} />
        <figcaption class="pay-code">{bill.code}</figcaption>
      </figure>
      <p class="pay-save no-print">
        <a class="button button-plain" href={`${path}/qr.png`} download={`${bill.code}.png`}>{t.saveQr}</a>
      </p>
    </>
  )
}

function Transfer({ payment, lang }: { payment: Payment & { kind: 'transfer' }; lang: Lang }) {
  const t = text[lang]
  const { bankBin, accountNumber, accountName, amountVnd, purpose } = payment
  const bank = findBank(bankBin)?.shortName ?? bankBin
  const line = (name: string, value: string, shown?: string) =>
    ({ name, value: <Copyable value={value} shown={shown ?? value} label={t.copy} /> })
  return (
    <div class="pay-lines">
      <Facts items={[
        line(t.bank, bank),
        line(t.accountNumber, accountNumber),
        line(t.accountName, accountName),
        line(t.amount, String(amountVnd), vndText(amountVnd)),
        line(t.purpose, purpose),
      ]} />
    </div>
  )
}

function Apps({ apps, lang, hint }: { apps: readonly BankAppLink[]; lang: Lang; hint: boolean }) {
  const t = text[lang]
  return (
    <div class="pay-apps no-print">
      <h3>{t.apps}</h3>
      <ul class="row">
        {apps.map(({ appId, name, href }) => (
          <li key={appId}><a class="button button-plain" href={href} rel="noreferrer">{name}</a></li>
        ))}
      </ul>
      {hint && <p class="small soft">{t.appsHint}</p>}
    </div>
  )
}
