import { afterAll, describe, expect, it } from 'vitest';
import { Problem } from '../../../../server/src/http/problem.ts';
import { inspectHead, type FileHead } from '../../../../server/src/inbound/files/inspect-head.ts';
import { openInspection } from '../../../../server/src/inbound/files/inspection.ts';

const headOf = (text: string, change: Partial<FileHead> = {}): FileHead => ({
  bytes: Buffer.from(text),
  isCut: false,
  lines: 10,
  as: { format: { encoding: 'utf-8', markLength: 0, delimiter: ',' } },
  ...change,
});

describe('a file that is looked at', () => {
  let deadline = new AbortController();
  const inspection = openInspection(
    new URL('../../support/looping-inspection.ts', import.meta.url),
    () => deadline.signal,
  );
  afterAll(() => inspection.close());

  const codeOf = (account: string, lines: number): Promise<string> =>
    inspection.run(account, headOf('', { lines })).then(
      () => 'found',
      (error: unknown) => (error instanceof Problem ? error.code : String(error)),
    );

  it('and never ends keeps neither the thread that answers nor another account waiting, and is given up', async () => {
    const order: string[] = [];
    const note = (name: string) => (code: string) => void order.push(`${name}: ${code}`);
    const endless = codeOf('one', 0).then(note('endless'));
    const next = codeOf('one', 1).then(note('the next of the account'));
    const more = [1, 2, 3].map((lines) => codeOf('one', lines));
    await codeOf('one', 1).then(note('too many of the account'));
    await codeOf('other', 1).then(note('another account'));
    deadline.abort();
    deadline = new AbortController();
    await Promise.all([endless, next, ...more]);
    expect(order).toEqual([
      'too many of the account: too-many-requests',
      'another account: looked-at',
      'endless: inspection-too-slow',
      'the next of the account: looked-at',
    ]);
  });
});

describe('the beginning of a file', () => {
  it('ends anywhere: its last row is none, nor is a quote that is open there a fault', async () => {
    const cut = await inspectHead(headOf('a,b\n1,2\n3,4\n5,"6', { isCut: true }));
    expect(cut).toMatchObject({
      headings: ['a', 'b'],
      sample: [
        ['1', '2'],
        ['3', '4'],
      ],
      warnings: [],
    });
    const half = await inspectHead(headOf('a,b\n1,2\n3,4', { isCut: true }));
    expect(half.sample).toEqual([['1', '2']]);
    const whole = await inspectHead(headOf('a,b\n1,2\n5,"6'));
    expect(whole.warnings).toEqual([expect.stringMatching(/quote .* is never closed/)]);
  });

  it('is looked at by cells, not by rows alone: the wider, the fewer', async () => {
    const row = (cell: string, columns: number): string => `${Array<string>(columns).fill(cell).join(',')}\n`;
    const rows = (columns: number, count: number): string =>
      row('day', columns) + row('01/02/2024', columns).repeat(count) + row('31/12/2024', columns);
    // Which of day and month comes first is told by the last row alone.
    expect((await inspectHead(headOf(rows(2, 900)))).dates).toMatchObject({ day: 'dmy' });
    expect((await inspectHead(headOf(rows(5000, 150)))).dates).toMatchObject({ day: 'ambiguous' });
  });
});
