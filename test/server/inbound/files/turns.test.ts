import { describe, expect, it } from 'vitest';
import { readRecords } from '../../../../server/src/inbound/files/csv-records.ts';
import { portionsOf } from '../../../../server/src/inbound/files/portions.ts';
import { TABLE_PORTION } from '../../../../server/src/inbound/files/import-into-table.ts';
import { mapRecordsInTurns } from '../../../../server/src/projects/map-records.ts';
import type { Mapping } from '../../../../server/src/projects/mapping.ts';

/** How often others had their turn while work went on. */
async function turnsDuring(work: Promise<unknown>): Promise<number> {
  let turns = 0;
  const count = (): void => {
    turns += 1;
    counting = setImmediate(count);
  };
  let counting = setImmediate(count);
  await work;
  clearImmediate(counting);
  return turns;
}

async function* one(piece: Buffer): AsyncGenerator<Buffer> {
  yield await Promise.resolve(piece);
}

async function countOf(all: AsyncIterable<readonly unknown[]>): Promise<number> {
  let count = 0;
  for await (const some of all) count += some.length;
  return count;
}

describe('work on many values lets others have their turn:', () => {
  it('a piece of a file of half a megabyte', async () => {
    const bytes = Buffer.from('a,b,c\n'.repeat(90_000));
    const reading = countOf(readRecords(one(bytes), ','));
    expect(await turnsDuring(reading)).toBeGreaterThanOrEqual(Math.floor(bytes.length / (64 * 1024)) - 1);
    expect(await reading).toBe(90_000);
  });

  it('a batch of many records and columns', async () => {
    const records = Array.from({ length: 10_000 }, (_, index) => [
      `003${String(index).padStart(12, '0')}`,
      '2026-01-01T00:00:00.000Z',
      'x',
    ]);
    const column = {
      source: 'Name',
      read: (record: readonly unknown[]) => record[2],
      coerce: (value: unknown) => String(value),
    };
    const mapping = { key: [0], columns: Array.from({ length: 60 }, () => column) } as unknown as Mapping;
    const mapped = mapRecordsInTurns(mapping, records);
    expect(await turnsDuring(mapped)).toBeGreaterThanOrEqual(10);
    expect((await mapped).columns).toHaveLength(60);
  });
});

it('a portion of a file ends by its cells too, empty as they may be', async () => {
  const row = `${','.repeat(4999)}\n`;
  const headings = Array.from({ length: 5000 }, (_, index) => `c${index}`);
  const text = Buffer.from(`x${row}`.repeat(2000));
  const counts: number[] = [];
  for await (const { records } of portionsOf(readRecords(one(text), ','), headings, TABLE_PORTION))
    counts.push(records.length);
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(2000);
  for (const count of counts) expect(count * 5000).toBeLessThanOrEqual(TABLE_PORTION.size + 5000);
});
