import { describe, expect, it } from 'vitest';
import { readHeadings } from '../../../../server/src/inbound/files/inspect-head.ts';
import { suggestMapping } from '../../../../server/src/values/suggest-mapping.ts';
import { plainWords } from '../../../../server/src/values/heading-words.ts';
import { growth, MORE } from '../../support/growth.ts';

/** Room for a busy machine, and for what no longer fits in its caches; none for a square. */
const MOST = MORE * 3;
const TARGETS = Array.from({ length: 300 }, (_, index) => ({
  name: `column_${index}`,
  label: `Column ${index}`,
  type: index % 2 === 0 ? 'email' : 'text',
}));

describe('reading headings takes time as they are many and long, and no more:', () => {
  it.each<[string, number, (size: number) => () => void]>([
    ['equal ones', 25_000, (size) => () => void readHeadings(Array<string>(size).fill('0'))],
    [
      'ones that look like those made of equal ones',
      25_000,
      (size) => () =>
        void readHeadings(Array.from({ length: size }, (_, index) => (index % 2 ? '0' : `0 (${index})`))),
    ],
    [
      'many that are compared with columns',
      1000,
      (size) => () =>
        void suggestMapping(
          Array.from({ length: size }, (_, index) => `email ${index}x`),
          TARGETS,
        ),
    ],
    [
      'one of many words',
      20_000,
      (size) => () => void suggestMapping([Array<string>(size).fill('word').join(' ')], TARGETS),
    ],
    ['one of many digits', 50_000, (size) => () => void plainWords(`${'1'.repeat(size)}x`)],
  ])('%s', (_what, size, workOf) => {
    expect(growth(size, workOf)).toBeLessThan(MOST);
  });
});
