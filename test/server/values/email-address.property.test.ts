import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isEmailAddress, normalizedAddress } from '../../../server/src/values/email-address.ts';

describe('an address', () => {
  it.each([
    ['capitals', 'Nora.Lind@Example.COM', 'nora.lind@example.com'],
    ['white space', '\u00a0 nora@example.com\t\r\n', 'nora@example.com'],
    ['a zero-width space', 'nora\u200b@example.com', 'nora@example.com'],
    ['a byte order mark', '\ufeffnora@example.com', 'nora@example.com'],
    ['marks of direction', '\u202anora@example.com\u202c', 'nora@example.com'],
    ['a soft hyphen', 'nora@exam\u00adple.com', 'nora@example.com'],
    ['a selector of variants', 'nora\ufe0f@example.com', 'nora@example.com'],
    ['a joiner of graphemes', 'no\u034fra@example.com', 'nora@example.com'],
    ['an Arabic letter mark', '\u061cnora@example.com', 'nora@example.com'],
    ['fillers', 'nora\u3164\u115f\uffa0@example.com', 'nora@example.com'],
    ['tags', 'nora\u{e0061}@example.com', 'nora@example.com'],
    ['a link with escapes', 'mailto:nora%2Bnews%40example.com', 'nora+news@example.com'],
    ['a link with two slashes', 'mailto://nora@example.com', 'nora@example.com'],
    ['a link with what is no escape', 'mailto:100%@example.com', '100%@example.com'],
    ['the scheme of a link', 'MailTo:Nora@example.com', 'nora@example.com'],
    ['a link with a subject', 'mailto: nora@example.com?subject=Hello World', 'nora@example.com'],
    ['letters with accents', 'ÉLODIE@exemple.fr', 'élodie@exemple.fr'],
    ['letters and accents apart', 'e\u0301lodie@exemple.fr', 'élodie@exemple.fr'],
    ['Cyrillic', 'НОРА@ПОЧТА.РФ', 'нора@почта.рф'],
    ['a Turkish capital, in any language', 'IŞIK@example.com', 'işik@example.com'],
  ])('is one mailbox whatever is around and in it: %s', (_what, written, normalized) => {
    expect(normalizedAddress(written)).toBe(normalized);
    expect(isEmailAddress(normalized)).toBe(true);
  });

  it('keeps its spelling once it has it', () => {
    const written = fc.oneof(
      fc.emailAddress(),
      fc.string({ unit: 'binary' }),
      fc.string({ unit: 'grapheme' }).map((text) => `mailto:${text}`),
      fc.string({ unit: fc.constantFrom('mailto', ':', '%3A', '%25', '3A', '%e2%80%8b', '?', ' ', 'a@b.c') }),
      fc.string({ unit: fc.constantFrom('İ', 'Σ', 'ß', 'ǰ', 'J\u030c', '\u200b', ' ', '@', '.') }),
    );
    fc.assert(
      fc.property(written, (text) => {
        const once = normalizedAddress(text);
        expect(normalizedAddress(once)).toBe(once);
        expect(normalizedAddress(text.toUpperCase().toLowerCase())).toBe(
          normalizedAddress(text.toUpperCase()),
        );
      }),
    );
  });

  it.each([
    "o'brien+tag@example.com",
    'a..b@docomo.ne.jp',
    'a.@ezweb.ne.jp',
    '"quoted"@example.com',
    '=1+1@example.com',
    '+tel@example.com',
    '1@2.3',
    'nora@sub.bücher.example',
    'x@xn--bcher-kva.example',
  ])('may be %s, which Salesforce takes', (address) => {
    expect(isEmailAddress(address)).toBe(true);
  });

  it.each([
    'nora',
    '@example.com',
    'nora@',
    'nora@localhost',
    'nora@example..com',
    'nora@.example.com',
    'nora@example.com.',
    '.nora@example.com',
    'nora lind@example.com',
    'nora@exam ple.com',
    'nora@lind@example.com',
    'nora,lind@example.com',
    'nora@example.com,paul@example.com',
    'nora@example.com;paul@example.com',
    'nora lind <nora@example.com>',
    '<nora@example.com>',
    'tel:nora@example.com',
    'nora@example,com',
    'nora@exam_ple.com',
    "cmd|'/c calc'!a0",
  ])('is not %s, which Salesforce refuses', (address) => {
    expect(isEmailAddress(address)).toBe(false);
  });

  it('is checked in a time that grows with its length', () => {
    const long = `${'a.'.repeat(50_000)}@${'b-.'.repeat(50_000)}`;
    expect(isEmailAddress(long)).toBe(false);
    expect(isEmailAddress(`"${'a'.repeat(100_000)}`)).toBe(false);
  });
});
