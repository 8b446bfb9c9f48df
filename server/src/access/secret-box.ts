import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { EncryptionKey } from '../config.ts';

const CIPHER = 'aes-256-gcm';
const NONCE = 12;

/**
 * Seals secrets for storage with AES-256-GCM. A sealed text names its key, so that keys rotate: the first key seals, every
 * key opens. What the secret is for is bound to it; moved to another place it does not open.
 */
export class SecretBox {
  readonly #keys: readonly [EncryptionKey, ...EncryptionKey[]];

  constructor(keys: readonly [EncryptionKey, ...EncryptionKey[]]) {
    this.#keys = keys;
  }

  /** @param purpose what the secret is for and whose it is; the same is needed to open it */
  seal(secret: string, purpose: string): string {
    const [key] = this.#keys;
    const nonce = randomBytes(NONCE);
    const cipher = createCipheriv(CIPHER, key.secret, nonce).setAAD(Buffer.from(purpose));
    const sealed = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
    return [
      'v1',
      key.id,
      ...[nonce, cipher.getAuthTag(), sealed].map((part) => part.toString('base64url')),
    ].join('.');
  }

  /** Throws when the key is not known, or the text was changed or sealed for something else. */
  open(sealed: string, purpose: string): string {
    const [version, id, nonce, tag, text] = sealed.split('.');
    if (version !== 'v1' || nonce === undefined || tag === undefined || text === undefined)
      throw new Error('The sealed secret has no known form.');
    const key = this.#keys.find((each) => each.id === id);
    if (!key) throw new Error(`The encryption key ${id ?? ''} is not among ENCRYPTION_KEYS.`);
    const decipher = createDecipheriv(CIPHER, key.secret, Buffer.from(nonce, 'base64url'))
      .setAAD(Buffer.from(purpose))
      .setAuthTag(Buffer.from(tag, 'base64url'));
    return Buffer.concat([decipher.update(Buffer.from(text, 'base64url')), decipher.final()]).toString(
      'utf8',
    );
  }

  /** Whether a text opens, with the keys that there are. */
  opens(sealed: string, purpose: string): boolean {
    try {
      this.open(sealed, purpose);
      return true;
    } catch {
      return false;
    }
  }

  /** Whether a text was sealed with another key than the one that seals now. */
  isOutdated(sealed: string): boolean {
    return sealed.split('.')[1] !== this.#keys[0].id;
  }
}
