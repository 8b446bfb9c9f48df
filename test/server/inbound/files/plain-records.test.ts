import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FileFault } from '../../../../server/src/inbound/files/csv-record.ts';
import { readRecords } from '../../../../server/src/inbound/files/csv-records.ts';
import { ParsedRecords } from '../../../../server/src/inbound/files/parsed-records.ts';
import { PlainRecords } from '../../../../server/src/inbound/files/plain-records.ts';

interface Read {
  readonly records: unknown[];
  readonly fault: string | null;
}

async function* piecesOf(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size));
}

async function read(bytes: Buffer, size: number): Promise<Read> {
  const records: unknown[] = [];
  try {
    for await (const some of readRecords(piecesOf(bytes, size), ',')) records.push(...some);
    return { records, fault: null };
  } catch (error) {
    if (error instanceof FileFault) return { records, fault: error.message };
    throw error;
  }
}

/** What csv-parse alone makes of it. */
async function parsed(bytes: Buffer): Promise<Read> {
  const reading = new ParsedRecords(',', 1);
  const fault = (await reading.write(bytes)) ?? (await reading.end());
  reading.close();
  return { records: reading.take(), fault: fault?.message ?? null };
}

const cell = fc.oneof(
  fc.constantFrom(
    '',
    'a',
    'é',
    '€ 5',
    '😀',
    '""',
    '"a,b"',
    '"a\nb"',
    '"a\r\nb"',
    '"say ""é"""',
    ' x ',
    '\u0085',
  ),
  fc.string({ unit: fc.constantFrom('a', 'é', '"', ',', '\n', '\r', ' '), maxLength: 4 }),
);
const file = fc
  .tuple(
    fc.array(fc.array(cell, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 6 }),
    fc.constantFrom('\n', '\r\n', '\r'),
    fc.boolean(),
  )
  .map(([rows, ending, isEnded]) =>
    Buffer.from(rows.map((cells) => cells.join(',')).join(ending) + (isEnded ? ending : '')),
  );

describe('rows are read quickly', () => {
  it('and are those that csv-parse reads, with their lines, their ends and what is wrong with them', async () => {
    await fc.assert(
      fc.asyncProperty(file, fc.integer({ min: 1, max: 40 }), async (bytes, size) => {
        expect(await read(bytes, size)).toEqual(await parsed(bytes));
      }),
      { numRuns: 1000 },
    );
  });

  it('as long as nothing stands where RFC 4180 has nothing', () => {
    const reader = new PlainRecords(',', 1);
    expect(reader.read(Buffer.from('a,"b, ""c"""\r\nd,é\ne,f"g\nh'))).toEqual([
      { cells: ['a', 'b, "c"'], line: 1, end: 14, nextLine: 2 },
      { cells: ['d', 'é'], line: 2, end: 19, nextLine: 3 },
    ]);
    expect(reader.isPlain).toBe(false);
    expect([reader.line, reader.position, reader.rest.toString()]).toEqual([3, 19, 'e,f"g\nh']);
  });

  it('and bytes that are no UTF-8 move nothing', async () => {
    const bytes = Buffer.concat([Buffer.from('a,'), Buffer.of(0xe9, 0xff), Buffer.from('\nb,c\n')]);
    expect(await read(bytes, 3)).toEqual({
      records: [
        { cells: ['a', '\uFFFD\uFFFD'], line: 1, end: 5, nextLine: 2 },
        { cells: ['b', 'c'], line: 2, end: 9, nextLine: 3 },
      ],
      fault: null,
    });
  });
});
