// Which passwords are good enough. Length and a short list of what everybody tries first, as NIST SP 800-63B-4 §3.1.1
// asks: no rules about kinds of characters, no expiry. Pure.

export const PASSWORD_MIN_CHARS = 10
export const PASSWORD_MAX_CHARS = 128

export type PasswordFault = 'too_short' | 'too_long' | 'like_login_name' | 'too_common'

// Of at least ten characters, lower case: shorter ones are refused by their length.
const COMMON = new Set(['0123456789', '01234567890', '0987654321', '1029384756', '1122334455', '123456789a', '1234567890',
  '12345678901', '123456789012', '1234567891', '1234567899', '123123123123', '1q2w3e4r5t', '1qaz2wsx3edc', '9876543210',
  'abc123456789', 'abcd123456', 'abcde12345', 'abcdefghij', 'administrator', 'anhyeuem123', 'emyeuanh123', 'hocsinh123',
  'iloveyou123', 'ketoan1234', 'ketoan12345', 'ketoan123456', 'matkhau123', 'matkhau1234', 'matkhau123456', 'nhatruong123',
  'p@ssw0rd123', 'password12', 'password123', 'password1234', 'q1w2e3r4t5', 'qazwsxedcrfv', 'qwerty12345', 'qwerty123456',
  'qwertyuiop', 'truonghoc123', 'vietnam123', 'vietnam123456', 'welcome123', 'zaq12wsxcde3'])
const ONE_CHARACTER = /^(.)\1*$/u

/** One text for what looks the same but was typed on different keyboards (NFKC; composed and decomposed Vietnamese). */
export function normalisePassword(password: string): string {
  return password.normalize('NFKC')
}

/** What is wrong with a new password, or undefined; lengths count characters after normalisation. */
export function findPasswordFault(password: string, loginName: string): PasswordFault | undefined {
  const text = normalisePassword(password)
  const length = [...text].length
  if (length < PASSWORD_MIN_CHARS) return 'too_short'
  if (length > PASSWORD_MAX_CHARS) return 'too_long'
  const plain = text.toLowerCase()
  if (plain === loginName || plain === loginName.split('@')[0]) return 'like_login_name'
  return COMMON.has(plain) || ONE_CHARACTER.test(plain) ? 'too_common' : undefined
}
