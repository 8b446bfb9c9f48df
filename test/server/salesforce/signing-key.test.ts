import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { readSigningKey } from '../../../server/src/salesforce/signing-key.ts';

const pair = (modulusLength: number) =>
  generateKeyPairSync('rsa', {
    modulusLength,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
const { privateKey: KEY, publicKey: PUBLIC } = pair(2048);
const CERTIFICATE = '-----BEGIN CERTIFICATE-----\nMIIDazCCAlOgAwIBAgIUfw==\n-----END CERTIFICATE-----\n';
const lines = (change: (line: string) => string, end = '\n') =>
  KEY.trimEnd().split('\n').map(change).join(end);
const asItIs = (line: string) => line;

describe('a key to sign with', () => {
  it.each([
    ['as openssl writes it', KEY],
    ['in one line', lines(asItIs, ' ')],
    ['in one line without spaces', lines(asItIs, '')],
    ['with line ends of Windows', lines(asItIs, '\r\n')],
    ['with line ends as two characters', `"${lines(asItIs, '\\n')}"`],
    ['with line ends that were escaped twice', lines(asItIs, '\\\\n')],
    ['with line ends of Windows as characters', lines(asItIs, '\\r\\n')],
    ['with spaces before its lines', lines((line) => `    ${line}`)],
    ['as a letter quotes it', lines((line) => `> ${line}`)],
    ['with spaces of a web page', lines((line) => line.replaceAll(' ', '\u00a0'), '\u00a0')],
    ['with characters that nobody sees', `\ufeff${lines((line) => `${line}\u200b`)}`],
    ['behind its attributes', `Bag Attributes\n  localKeyID: 01\n${KEY}`],
    ['behind its certificate', CERTIFICATE + KEY],
    ['before its certificate', KEY + CERTIFICATE],
  ])('is read %s', (_how, text) => {
    expect(readSigningKey(text)).toEqual({ pem: KEY });
  });

  it.each([
    ['a certificate alone', CERTIFICATE, /is a certificate: give the private key/],
    ['a public key', PUBLIC, /is a public key: give the private key/],
    ['its base64 alone', lines(asItIs).split('\n').slice(1, -1).join(''), /is no key in PEM/],
    ['a half of it', lines(asItIs).slice(0, 400), /is no key in PEM/],
    ['one too weak', pair(1024).privateKey, /RSA private key of 2048 bits or more/],
    ['one with a passphrase', KEY.replaceAll('PRIVATE', 'ENCRYPTED PRIVATE'), /protected by a passphrase/],
  ])('is not %s, and it is said', (_what, text, fault) => {
    expect(readSigningKey(text)).toMatchObject({ fault: expect.stringMatching(fault) as string });
  });
});
