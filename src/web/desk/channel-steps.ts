// What a person does at each provider to connect a channel and to try it, step by step (facts, bank-notifications §4-8;
// developer.sepay.vn, developer.casso.vn, payos.vn/docs, api.vietqr.vn). It names no secret.
import type { Provider } from '../../banking/provider.js'
import type { Lang } from '../text.js'

export interface ProviderSteps {
  name: string
  steps: readonly string[]
  /** How its own test call is sent. */
  test: string
}

export function providerSteps(provider: Provider, mode: string, lang: Lang): ProviderSteps {
  const { name, ...texts } = PROVIDERS[provider]
  const { steps, test } = texts[lang]
  return { name, test, steps: provider === 'sepay' ? [...steps, SEPAY_MODE[lang][mode === 'apikey' ? 'apikey' : 'hmac']] : steps }
}

export function providerName(provider: Provider): string {
  return PROVIDERS[provider].name
}

const SEPAY_MODE: Readonly<Record<Lang, Record<'hmac' | 'apikey', string>>> = {
  vi: {
    hmac: 'Bước "Bảo mật": chọn HMAC-SHA256 và dán khóa bí mật.',
    apikey: 'Bước "Bảo mật": chọn API Key và dán khóa bí mật.',
  },
  en: {
    hmac: 'Step "Security": choose HMAC-SHA256 and paste the secret.',
    apikey: 'Step "Security": choose API Key and paste the secret.',
  },
}

type Texts = Record<Lang, { steps: readonly string[]; test: string }>

const CASSO: Texts = {
  vi: {
    steps: [
      'Mở Casso, vào phần Webhook, thêm webhook với URL nhận webhook.',
      'Dán khóa bí mật vào ô key bảo mật.',
      'Nhận cả tiền vào và tiền ra; không bật bộ lọc chỉ nhận tiền vào.',
    ],
    test: 'Bấm "Gọi thử" ở trang webhook của Casso. Tin thử được nhận, trả lời và không ghi sổ.',
  },
  en: {
    steps: [
      'Open Casso, go to Webhook and add one with the webhook URL.',
      'Paste the secret as the security key.',
      'Report money in and out; leave the filter "income only" off.',
    ],
    test: 'Press "Gọi thử" on Casso\'s webhook page. The call is taken, answered and books nothing.',
  },
}

const PROVIDERS: Readonly<Record<Provider, { name: string } & Texts>> = {
  'sepay': {
    name: 'SePay',
    vi: {
      steps: [
        'Mở my.sepay.vn, vào Tích hợp Webhooks, bấm "Thêm webhook" và dán URL nhận webhook.',
        'Loại sự kiện: chọn cả tiền vào và tiền ra. Kiểu nội dung: để application/json. Bật tự động gửi lại.',
        'Chọn đúng tài khoản này. Tắt "Bỏ qua nếu không có mã thanh toán", không đặt tiền tố, không lọc tài khoản ảo.',
      ],
      test: 'Ở dòng webhook, mở menu ⋮ và bấm "Gửi thử". SePay gửi tin thử như một giao dịch: nếu nó hiện ở Xét duyệt, hãy đánh dấu không phải tiền của trường.',
    },
    en: {
      steps: [
        'Open my.sepay.vn, go to Webhooks, press "Add webhook" and paste the webhook URL.',
        'Events: both money in and money out. Content type: leave application/json. Turn automatic retries on.',
        'Choose this account. Leave "skip without a payment code" off, set no prefix and no virtual account filter.',
      ],
      test: 'Open the ⋮ menu of the webhook and press "Test send". SePay sends it like a transaction: if it shows up in Review, mark it as not the school\'s money.',
    },
  },
  'casso-v1': { name: 'Casso (Webhook V1)', ...CASSO },
  'casso-v2': { name: 'Casso (Webhook V2)', ...CASSO },
  'payos': {
    name: 'payOS',
    vi: {
      steps: [
        'Mở payOS, vào kênh thanh toán của trường, dán URL nhận webhook vào ô Webhook URL.',
        'Khóa bí mật là checksum key của kênh thanh toán đó.',
        'payOS chỉ báo tiền vào của các liên kết thanh toán do payOS tạo.',
      ],
      test: 'Khi bấm lưu, payOS tự gọi thử địa chỉ bằng đơn mẫu 123. Tin thử được trả lời và không ghi sổ.',
    },
    en: {
      steps: [
        'Open payOS, go to the school\'s payment channel and paste the webhook URL.',
        'The secret is the checksum key of that payment channel.',
        'payOS reports money in only, and only for its own payment links.',
      ],
      test: 'When it is saved payOS calls the address with its sample order 123. The call is answered and books nothing.',
    },
  },
  'vietqr-vn': {
    name: 'VietQR.vn',
    vi: {
      steps: [
        'Gửi cho VietQR.vn địa chỉ gốc, địa chỉ lấy token và địa chỉ đồng bộ giao dịch.',
        'Khóa bí mật gồm tên và mật khẩu, ngăn bởi dấu hai chấm đầu tiên: giao cả hai cho VietQR.vn.',
        'Khai báo mọi errorReason khác 000 là mã cần gửi lại. Nhận cả tiền vào và tiền ra.',
      ],
      test: 'VietQR.vn không có cuộc gọi thử riêng: dùng nút "Tự kiểm tra", rồi chuyển thử một khoản nhỏ vào tài khoản.',
    },
    en: {
      steps: [
        'Give VietQR.vn the base URL and the addresses for the token and for transactions.',
        'The secret is a user name and a password, separated by the first colon: hand over both.',
        'Declare every errorReason other than 000 as one to send again. Report money in and out.',
      ],
      test: 'VietQR.vn has no test call of its own: use the test here, then transfer a small amount to the account.',
    },
  },
}

/** Where each address goes, in the order of `ChannelSetup.urls`. */
export function urlNames(provider: Provider, lang: Lang): readonly string[] {
  if (provider !== 'vietqr-vn') return [lang === 'vi' ? 'URL nhận webhook' : 'Webhook URL']
  return lang === 'vi'
    ? ['Địa chỉ gốc', 'Lấy token', 'Đồng bộ giao dịch']
    : ['Base URL', 'Get token', 'Transaction sync']
}
