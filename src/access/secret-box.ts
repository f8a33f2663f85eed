// Seals secrets of bank channels for the database, and opens them again. It never logs or returns a secret
// in an error; a sealed value opens only in the context it was sealed for.
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'
import { DomainError } from '../errors.js'

export interface SecretBox {
  /** `context` says whose secret it is (school and channel id); a value moved to another row does not open. */
  seal(plain: string, context: string): Buffer
  /** Throws SECRET_UNREADABLE when the key, the context or the bytes are not those of `seal`. */
  open(sealed: Buffer, context: string): string
  /** A key for one purpose, the same in every process with the same SECRET_KEY; `label` names the purpose. */
  deriveKey(label: string): Buffer
}

// Layout: version (1 byte), nonce (12), tag (16), ciphertext. The version names the key and the cipher, so that
// a later key can be introduced while values of the earlier one still open.
const VERSION = 1
const NONCE_BYTES = 12
const TAG_BYTES = 16
const HEAD_BYTES = 1 + NONCE_BYTES + TAG_BYTES
const CIPHER = 'aes-256-gcm'

/** AES-256-GCM under a key derived from SECRET_KEY by HKDF-SHA-256 (RFC 5869). */
export function createSecretBox(secretKey: string): SecretBox {
  const deriveKey = (label: string): Buffer => Buffer.from(hkdfSync('sha256', secretKey, '', label, 32))
  const key = deriveKey('school-fees secret box v1')
  return {
    deriveKey,
    seal(plain, context) {
      const nonce = randomBytes(NONCE_BYTES)
      const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES })
      cipher.setAAD(additionalData(context))
      const text = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()])
      return Buffer.concat([Buffer.of(VERSION), nonce, cipher.getAuthTag(), text])
    },
    open(sealed, context) {
      if (sealed[0] !== VERSION || sealed.length < HEAD_BYTES) unreadable()
      try {
        const nonce = sealed.subarray(1, 1 + NONCE_BYTES)
        const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES })
        decipher.setAAD(additionalData(context))
        decipher.setAuthTag(sealed.subarray(1 + NONCE_BYTES, HEAD_BYTES))
        return Buffer.concat([decipher.update(sealed.subarray(HEAD_BYTES)), decipher.final()]).toString('utf8')
      } catch {
        return unreadable()
      }
    },
  }
}

function additionalData(context: string): Buffer {
  return Buffer.from(`${VERSION}:${context}`, 'utf8')
}

function unreadable(): never {
  throw new DomainError('SECRET_UNREADABLE', 'a sealed secret does not open: was SECRET_KEY changed?')
}
