import { createPrivateKey } from 'node:crypto';

const BLOCKS = /-----BEGIN ([A-Z0-9 ]+)-----([\s\S]+?)-----END \1-----/g;
/** What text that was copied has around its lines: characters that nobody sees, and the marks of a quoted letter. */
const AROUND_LINES = /\p{Default_Ignorable_Code_Point}|^[\s>]+/gmu;
const SMALLEST = 2048;

/**
 * The key that somebody gave to sign with, as PEM, or a sentence that says what is wrong with it. Pasted keys have lost their
 * line breaks, or have them as `\n`, and have spaces around their lines: all that counts is between the two marks. A file
 * may hold its certificates too.
 */
export function readSigningKey(text: string): { readonly pem: string } | { readonly fault: string } {
  const written = text
    .replace(/(?:\\{1,2}r)?\\{1,2}n/g, '\n')
    .replaceAll('\u00a0', ' ')
    .replace(AROUND_LINES, '');
  const blocks = [...written.matchAll(BLOCKS)];
  const [, label = '', body = ''] =
    blocks.find(([, each = '']) => each.endsWith('PRIVATE KEY')) ?? blocks[0] ?? [];
  if (label === '')
    return {
      fault:
        'is no key in PEM: give all of it, from -----BEGIN PRIVATE KEY----- to -----END PRIVATE KEY-----',
    };
  if (!label.endsWith('PRIVATE KEY'))
    return { fault: `is a ${label.toLowerCase()}: give the private key that belongs to it` };
  if (label.startsWith('ENCRYPTED') || body.includes('ENCRYPTED'))
    return {
      fault: 'is protected by a passphrase: give it without one, as `openssl pkey -in key.pem` writes it',
    };
  const lines = body.replace(/\s/g, '').match(/.{1,64}/g) ?? [];
  const pem = [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');
  return isStrongRsa(pem)
    ? { pem }
    : { fault: `must be an RSA private key of ${SMALLEST} bits or more, and whole` };
}

function isStrongRsa(pem: string): boolean {
  try {
    const key = createPrivateKey(pem);
    return key.asymmetricKeyType === 'rsa' && (key.asymmetricKeyDetails?.modulusLength ?? 0) >= SMALLEST;
  } catch {
    return false;
  }
}
