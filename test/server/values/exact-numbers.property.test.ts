import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseExactly } from '../../../server/src/values/exact-numbers.ts';

describe('a number of JSON', () => {
  it.each([
    ['123456789012345678', '123456789012345678'],
    ['-1234567890123456.78', '-1234567890123456.78'],
    ['999999999999999999', '999999999999999999'],
    ['9007199254740993', '9007199254740993'],
    ['0.12345678901234567890', '0.1234567890123456789'],
    ['1234567890123456.500', 1234567890123456.5],
    ['1.2345678901234567E+17', '123456789012345670'],
    ['1.23456789012345678e17', '123456789012345678'],
    ['9007199254740992', 9007199254740992],
    ['0.30000000000000004', 0.30000000000000004],
    ['1.0e7', 10_000_000],
    ['-0', -0],
    ['1.5e30', 1.5e30],
    ['1.23456789012345678e30', '1234567890123456780000000000000'],
    ['1e400', '1e400'],
  ])('%s is %j', (written, value) => {
    expect(parseExactly(written)).toEqual(value);
    expect(parseExactly(`{"a":[ ${written} ,"${written}"]}`)).toEqual({ a: [value, written] });
  });

  it('that a float holds is what JSON.parse makes of it, and so is all else', () => {
    fc.assert(
      fc.property(fc.json({ stringUnit: 'binary' }), (text) => {
        expect(parseExactly(text)).toEqual(JSON.parse(text));
      }),
      { numRuns: 1000 },
    );
  });

  it('keeps every digit, or is the number that it is', () => {
    const digits = fc.stringMatching(/^(?:0|[1-9]\d{0,24})(?:\.\d{1,24})?$/);
    fc.assert(
      fc.property(fc.boolean(), digits, (isNegative, text) => {
        const written = `${isNegative ? '-' : ''}${text}`;
        const [value] = parseExactly(`[${written}]`) as [string | number];
        const plain = text.includes('.') ? text.replace(/\.?0+$/, '') : text;
        if (typeof value === 'string')
          expect(value).toBe(`${plain === '0' ? '' : isNegative ? '-' : ''}${plain}`);
        else expect(value).toBe(Number(written));
        if (typeof value === 'number' && !String(value).includes('e'))
          expect(String(Math.abs(value))).toBe(plain);
      }),
      { numRuns: 2000 },
    );
  });

  it('is not written out a million times', () => {
    const many = (number: string): string => `[${Array<string>(100_000).fill(number).join(',')}]`;
    expect(() => parseExactly(many('1e399'))).toThrow(SyntaxError);
    expect(parseExactly(many('1234567890123456789'))).toHaveLength(100_000);
  });

  it('is refused where it is none', () => {
    for (const text of ['1234567890123456789012.', '[12345678901234567890', '01234567890123456789'])
      expect(() => parseExactly(text)).toThrow(SyntaxError);
  });
});
