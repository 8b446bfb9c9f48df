import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rounded } from '../../../server/src/values/decimals.ts';

const digits = fc.stringMatching(/^(?:0|[1-9]\d{0,24})(?:\.\d{1,24})?$/);

/** A decimal as a whole number of its smallest digit, of which there are thirty. */
function whole(written: string): bigint {
  const [, sign = '', before = '', after = ''] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(written) ?? [];
  const value = BigInt(before + after.padEnd(30, '0'));
  return sign === '-' ? -value : value;
}

describe('a number that is rounded', () => {
  it.each([
    ['33.333333333', 2, '33.33'],
    ['0.30000000000000004', 2, '0.30'],
    ['2.345', 2, '2.35'],
    ['-2.345', 2, '-2.35'],
    ['-0.004', 2, '0.00'],
    ['9.995', 2, '10.00'],
    ['999.5', 0, '1000'],
    ['.5', 0, '1'],
    ['.4', 0, '0'],
    ['1.0E7', 2, '10000000'],
    ['1.2345E-3', 4, '0.0012'],
    ['1234567890123456.785', 2, '1234567890123456.79'],
    ['12', 2, '12'],
    ['1.', 2, '1'],
    [' +7.25 ', 1, '7.3'],
  ])('%s to %i digits is %s', (written, scale, value) => {
    expect(rounded(written, scale)).toBe(value);
  });

  it.each(['', '.', '-', 'abc', '1,5', '1.2.3', '0x10', 'NaN', '1e99999'])(
    'is none where it is %j',
    (written) => {
      expect(rounded(written, 2)).toBeNull();
    },
  );

  it('is the nearest one with so many digits, and of two the one that is further from zero', () => {
    fc.assert(
      fc.property(fc.boolean(), digits, fc.integer({ min: 0, max: 18 }), (isNegative, text, scale) => {
        const written = isNegative ? `-${text}` : text;
        const value = rounded(written, scale) ?? '';
        expect(value.split('.')[1]?.length ?? 0).toBeLessThanOrEqual(scale);
        const [before, after] = [whole(written), whole(value)];
        const distance = after > before ? after - before : before - after;
        const half = 10n ** BigInt(30 - scale) / 2n;
        expect(distance <= half).toBe(true);
        const magnitude = (number: bigint): bigint => (number < 0n ? -number : number);
        if (distance === half) expect(magnitude(after) > magnitude(before)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it('stays as it is where it fits, and rounding it again changes nothing', () => {
    fc.assert(
      fc.property(digits, fc.integer({ min: 0, max: 24 }), (text, scale) => {
        const once = rounded(text, scale) ?? '';
        expect(rounded(once, scale)).toBe(once);
        if ((text.split('.')[1]?.length ?? 0) <= scale) expect(once).toBe(text);
      }),
    );
  });
});
