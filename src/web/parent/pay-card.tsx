// How one bill is paid: the QR first, big enough for another phone, then the same transfer line by line with a button
// that copies each, then the apps that fill everything in. No way that costs anything stands here; while a transfer
// that names the bill waits for a person, all of it is folded away.
import { findBank } from '../../vietqr/banks.js'
import { TRANSFER_LIMIT_VND } from '../../vietqr/transfer-rules.js'
import type { BankAppLink } from '../../vietqr/bank-apps.js'
import { Card, Copyable, Facts } from '../components/content.js'
import { Badge, Notice } from '../components/notice.js'
import { vndText } from '../format.js'
import type { Lang } from '../text.js'
import type { PageBill, Payment } from './bill.js'
import type { PayView } from './pay-way.js'
import { text } from './text.js'

export interface PayCardProps {
  bill: PageBill
  view: PayView
  lang: Lang
  /** "Part 1 of 2"; undefined when the bill is alone. */
  part?: { no: number; of: number }
  /** What holds for all parts is said with the first that it fits. */
  withHints: boolean
  /** The drawn QR; undefined where none can be made. */
  svg: string | undefined
  /** The path of this bill's own link, which its picture hangs under. */
  path: string
  apps: readonly BankAppLink[]
}

export function PayCard(props: PayCardProps) {
  const { bill, view: { way, isCovered }, lang, part } = props
  const t = text[lang]
  const partName = part && t.part(part.no, part.of)
  const { payment } = bill
  if (payment.kind === 'transfer') {
    return (
      <Card title={partName ?? (isCovered ? t.covered : way.kind === 'scan' ? t.payHere : t.transferHere)}
        action={<strong class="number large">{vndText(payment.amountVnd)}</strong>}>
        {isCovered
          ? <details><summary>{t.payAnyway}</summary><Ways {...props} payment={payment} /></details>
          : <Ways {...props} payment={payment} />}
      </Card>
    )
  }
  if (way.kind === 'closed') {
    const title = partName === undefined ? t.closed : `${partName}: ${t.closed}`
    return <Notice tone="warn" title={title}><p>{t.closedBody}</p></Notice>
  }
  if (partName === undefined) return null
  return (
    <Card title={partName} action={<Badge tone="good">{way.kind === 'zero' ? t.partZero : t.partDone}</Badge>}>
      <p class="number">{vndText(bill.payableVnd)}</p>
    </Card>
  )
}

type Transferred = Payment & { kind: 'transfer' }

function Ways(props: PayCardProps & { payment: Transferred }) {
  const { bill, view: { way }, lang, withHints, svg, path, apps, payment } = props
  const t = text[lang]
  return (
    <div class="stack">
      {way.kind === 'several_transfers' && (
        <p><strong>{t.severalTransfers(vndText(TRANSFER_LIMIT_VND), way.count)}</strong></p>
      )}
      {way.kind === 'by_hand' && <p>{t.noQr}</p>}
      {svg !== undefined && <QrFigure bill={bill} lang={lang} svg={svg} path={path} />}
      {svg !== undefined && withHints && <p class="small soft">{t.scan}</p>}
      {withHints && <p class="pay-free">{t.free}</p>}
      {svg !== undefined && <h3>{t.byHand}</h3>}
      <Transfer payment={payment} isWhole={way.kind !== 'several_transfers'} lang={lang} />
      {withHints && <p class="small soft">{t.keepPurpose}</p>}
      {apps.length > 0 && <Apps apps={apps} lang={lang} hint={withHints} />}
    </div>
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

/** An amount that no bank takes in one transfer is named, and not there to be copied. */
function Transfer({ payment, isWhole, lang }: { payment: Transferred; isWhole: boolean; lang: Lang }) {
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
        isWhole ? line(t.amount, String(amountVnd), vndText(amountVnd))
          : { name: t.amountInAll, value: vndText(amountVnd) },
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
