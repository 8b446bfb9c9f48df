import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** 256 random bits, which need no slow hash: there is nothing to guess. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url');
}

export function newKeyId(): string {
  return `key_${randomBytes(12).toString('hex')}`;
}

/** Whether a text may be the id of a key; anything else is not looked up. */
export function isKeyId(text: string): boolean {
  return /^key_[0-9a-f]{24}$/.test(text);
}

export function hashSecret(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}

/** Compares in constant time. */
export function isSecret(given: string, hash: Buffer): boolean {
  return timingSafeEqual(hashSecret(given), hash);
}
