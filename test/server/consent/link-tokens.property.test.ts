import { createSecretKey, randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  LINK_PURPOSES,
  UnverifiedToken,
  writeToken,
  type LinkClaims,
} from '../../../server/src/consent/link-tokens.ts';

const secret = createSecretKey(Buffer.alloc(32, 'a'));
const other = createSecretKey(Buffer.alloc(32, 'b'));

const claims = fc.record({
  purpose: fc.constantFrom(...LINK_PURPOSES),
  projectId: fc.uuid(),
  identityId: fc.uuid(),
  optInId: fc.option(fc.uuid()),
  generation: fc.integer({ min: 0, max: 2 ** 31 }),
});

const read = (text: string, key = secret): LinkClaims | null =>
  UnverifiedToken.read(text)?.verify(key) ?? null;

describe('the token of a link', () => {
  it('says what it was made of', () => {
    fc.assert(
      fc.property(claims, fc.integer({ min: 1, max: 65_535 }), (given, number) => {
        const token = writeToken(given, { number, secret });
        expect(token).toMatch(/^[\w-]+$/);
        expect(UnverifiedToken.read(token)?.keyNumber).toBe(number);
        expect(read(token)).toEqual(given);
      }),
    );
  });

  it('is worth nothing once a bit of it is another', () => {
    fc.assert(
      fc.property(claims, fc.integer({ min: 0, max: 88 * 8 - 1 }), (given, bit) => {
        const bytes = Buffer.from(writeToken(given, { number: 1, secret }), 'base64url');
        bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        expect(read(bytes.toString('base64url'))).toBeNull();
      }),
      { numRuns: 1000 },
    );
  });

  it('is worth nothing written with another character, cut off or longer', () => {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'.split('');
    fc.assert(
      fc.property(claims, fc.nat(117), fc.constantFrom(...alphabet), (given, place, character) => {
        const token = writeToken(given, { number: 1, secret });
        const changed = token.slice(0, place) + character + token.slice(place + 1);
        if (changed !== token) expect(read(changed)).toBeNull();
        expect(read(token.slice(0, place))).toBeNull();
        expect(read(`${token}${character}`)).toBeNull();
      }),
      { numRuns: 1000 },
    );
  });

  it('is worth nothing to another key, and any other text neither', () => {
    fc.assert(
      fc.property(claims, fc.string({ unit: 'binary', maxLength: 200 }), (given, text) => {
        expect(read(writeToken(given, { number: 1, secret }), other)).toBeNull();
        expect(read(text)).toBeNull();
      }),
    );
  });

  it('carries nothing personal: ids, and what for', () => {
    const given: LinkClaims = {
      purpose: 'unsubscribe',
      projectId: randomUUID(),
      identityId: randomUUID(),
      optInId: null,
      generation: 0,
    };
    const bytes = Buffer.from(writeToken(given, { number: 1, secret }), 'base64url');
    expect(bytes.toString('hex', 24, 40)).toBe(given.identityId.replaceAll('-', ''));
    expect(bytes).toHaveLength(88);
  });
});
