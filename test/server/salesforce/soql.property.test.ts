import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  ADDRESS_LIMIT,
  addressLength,
  portions,
  soqlIn,
  soqlLiteral,
  soqlName,
  soqlText,
  UnfitLiteral,
} from '../../../server/src/salesforce/soql.ts';
import { parseQuery } from '../../local-org/language/syntax/parse.ts';

/** Texts that somebody would break out with, and any others. */
const hostile = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({
    unit: fc.constantFrom(
      "'",
      '"',
      '\\',
      '\n',
      '\r',
      '\t',
      ')',
      '(',
      '%',
      '_',
      '\u2028',
      '\u0000',
      'u0027',
      'é',
      '😀',
    ),
  }),
  fc.constantFrom("' OR Name LIKE '%", "\\' OR Id != null --", "\\\\' OR '' = '", '\\u0027 OR Id != null'),
);

/** The only value that a query's only condition compares with. */
function comparedWith(soql: string): unknown {
  const { where } = parseQuery(soql);
  if (where?.kind !== 'compare') throw new Error(`More than one condition: ${soql}`);
  return where.value;
}

describe('a text in SOQL', () => {
  it('is the one value of its one condition, whatever it holds', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const soql = `SELECT Id FROM Contact WHERE LastName = ${soqlText(text)}`;
        expect(comparedWith(soql)).toEqual({ kind: 'string', value: text });
      }),
      { numRuns: 1000 },
    );
  });

  it('stays one value in a list', () => {
    fc.assert(
      fc.property(fc.array(hostile, { minLength: 2, maxLength: 10 }), (texts) => {
        const soql = `SELECT Id FROM Contact WHERE ${soqlIn('LastName', texts.map(soqlText))}`;
        expect(comparedWith(soql)).toEqual({
          kind: 'list',
          values: texts.map((value) => ({ kind: 'string', value })),
        });
      }),
      { numRuns: 300 },
    );
  });

  it('with half a character is refused: no address can carry it', () => {
    expect(() => soqlText('a\ud800b')).toThrow(UnfitLiteral);
  });
});

describe('a literal', () => {
  const literal = (type: string, value: unknown) => soqlLiteral({ name: 'F', type }, value);

  it.each([
    ['boolean', true, 'TRUE'],
    ['boolean', 'false', 'FALSE'],
    ['boolean', 0, 'FALSE'],
    ['int', 5, '5'],
    ['double', '12.50', '12.50'],
    ['currency', '123456789012345678.91', '123456789012345678.91'],
    ['double', -1.5, '-1.5'],
    ['double', 1e-7, '0.0000001'],
    ['double', '+1.2345678901234567E17', '123456789012345670'],
    ['date', '2026-11-21', '2026-11-21'],
    ['date', '2026-11-21T10:00:00Z', '2026-11-21'],
    ['datetime', '2026-11-21T10:00:00+02:00', '2026-11-21T08:00:00.000Z'],
    ['time', '09:30', '09:30:00.000Z'],
    ['string', 5, "'5'"],
    ['reference', '003000000000001AAA', "'003000000000001AAA'"],
    ['email', "o'b@example.com", "'o\\'b@example.com'"],
  ])('of a %s field for %j is %s', (type, value, expected) => {
    expect(literal(type, value)).toBe(expected);
  });

  it.each([
    ['int', 'five'],
    ['int', ''],
    ['int', '1 OR 1 = 1'],
    ['double', Infinity],
    ['double', true],
    ['boolean', 'maybe'],
    ['date', 'TODAY'],
    ['date', '2026-02-30'],
    ['datetime', '2026-11-21T10:00:00'],
    ['datetime', 'NOW()'],
    ['time', '25:00'],
    ['string', null],
    ['string', {}],
    ['string', ['a']],
    ['string', undefined],
  ])('of a %s field is not made of %j', (type, value) => {
    expect(() => literal(type, value)).toThrow(UnfitLiteral);
  });

  it('of a number or a moment is never anything but one', () => {
    const bare = fc.constantFrom('int', 'double', 'boolean', 'date', 'datetime', 'time');
    fc.assert(
      fc.property(bare, hostile, (type, text) => {
        let written: string;
        try {
          written = literal(type, text);
        } catch (error) {
          expect(error).toBeInstanceOf(UnfitLiteral);
          return;
        }
        expect(written).toMatch(/^(TRUE|FALSE|-?\d+(\.\d+)?|[\d-]{10}(T[\d:.]+Z)?|[\d:.]+Z)$/);
      }),
    );
  });
});

describe('a name', () => {
  it.each(['Name FROM User', "Name'", 'Account.Name', '', '1st'])('is not %j', (name) => {
    expect(() => soqlName(name)).toThrow();
  });
});

describe('portions', () => {
  it('hold everything once, in order, each as much as its room', () => {
    fc.assert(
      fc.property(fc.array(hostile), fc.integer({ min: 50, max: ADDRESS_LIMIT }), (texts, room) => {
        const items = texts.filter((text) => text.isWellFormed());
        const length = (text: string): number => addressLength(`${soqlText(text)},`);
        const parts = portions(items, length, room);
        expect(parts.flat()).toEqual(items);
        for (const part of parts) {
          const used = part.reduce((sum, text) => sum + length(text), 0);
          expect(part.length === 1 || used <= room).toBe(true);
        }
      }),
    );
  });
});
