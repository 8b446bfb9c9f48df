import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { arrayLiteral } from '../../../../server/src/database/array-literal.ts';
import { quoteIdentifier, quoteLiteral } from '../../../../server/src/database/identifiers.ts';
import { coercion, plain, readMoment, Refusal } from '../../../../server/src/values/check-value.ts';
import { mapRecords } from '../../../../server/src/projects/map-records.ts';
import { compileMapping } from '../../../../server/src/projects/mapping.ts';
import {
  FIELD_TYPES,
  sqlType,
  type Field,
  type FieldType,
} from '../../../../server/src/values/field-types.ts';
import { startTestServer, type TestServer } from '../../support/test-server.ts';

const field = (type: FieldType, more: Partial<Field> = {}): Field => ({
  id: type,
  name: type,
  label: type,
  type,
  length: null,
  precision: type === 'decimal' ? 18 : null,
  scale: type === 'decimal' ? 4 : null,
  required: false,
  unique: false,
  default: null,
  picklist: null,
  reference: null,
  ...more,
});

/** Anything that JSON can carry, hostile text and near misses among it. */
const anything = fc.oneof(
  fc.jsonValue(),
  fc.string({ unit: 'binary' }),
  fc.double(),
  fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
  fc.constantFrom(
    '2026-02-29',
    '0000-01-01',
    '9999-12-31T23:59:59.999-12:00',
    '0001-01-01T00:00:00.000+14:00',
    '24:00:00',
    '23:59:60',
    '-0',
    '+.5',
    '.',
    '1e400',
    '9223372036854775808',
    '{"a":1}',
    'NULL',
    '\\N',
    '{}',
    "'; DROP SCHEMA di CASCADE; --",
    '\ud800',
    '\0',
  ),
);

describe('a value of whatever kind', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.close());

  it.each(FIELD_TYPES)(
    'is stored by %s, or refused with a code before the database sees it',
    async (type) => {
      const coerce = coercion(field(type));
      await fc.assert(
        fc.asyncProperty(fc.array(anything, { minLength: 1, maxLength: 30 }), async (values) => {
          const coerced = values.map(coerce);
          for (const each of coerced) if (each instanceof Refusal) expect(each.code).toMatch(/^[a-z-]+$/);
          const stored = coerced.filter((each): each is string | null => !(each instanceof Refusal));
          const sql = sqlType(field(type));
          const element = type === 'multipicklist' ? 'text' : sql;
          // What PostgreSQL cannot read would throw here.
          const found = await server.database.pool.query<{ value: string | null }>(
            `SELECT v::${sql}::text AS value FROM unnest($1::${element}[]) AS v`,
            [arrayLiteral(stored)],
          );
          expect(found.rows).toHaveLength(stored.length);
          if (sql === 'text') expect(found.rows.map((row) => row.value)).toEqual(stored);
        }),
        { numRuns: 60 },
      );
    },
  );

  it('of text goes through an array as it is', async () => {
    const text = fc.string({ unit: 'binary' }).filter((each) => !each.includes('\0') && each.isWellFormed());
    await fc.assert(
      fc.asyncProperty(fc.array(fc.option(text), { maxLength: 20 }), async (values) => {
        const found = await server.database.pool.query<{ values: (string | null)[] }>(
          'SELECT $1::text[] AS values',
          [arrayLiteral(values)],
        );
        expect(found.rows[0]?.values).toEqual(values);
      }),
      { numRuns: 200 },
    );
  });

  it('is a name or a literal that stays one', async () => {
    const text = fc
      .string({ unit: 'binary', minLength: 1, maxLength: 15 })
      .filter((each) => !each.includes('\0') && each.isWellFormed());
    await fc.assert(
      fc.asyncProperty(text, async (name) => {
        const found = await server.database.pool.query<Record<string, string>>(
          `SELECT ${quoteLiteral(name)} AS ${quoteIdentifier(name)}`,
        );
        expect(found.rows[0]).toEqual({ [name]: name });
      }),
      { numRuns: 100 },
    );
  });

  it('written as a decimal keeps its digits', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: -(10n ** 14n) + 1n, max: 10n ** 14n - 1n }),
        fc.integer({ min: 0, max: 9999 }),
        (whole, part) => {
          const fraction = String(part).padStart(4, '0').replace(/0+$/, '');
          const written = `${whole}${fraction === '' ? '' : `.${fraction}`}`;
          expect(coercion(field('decimal'))(written)).toBe(written);
        },
      ),
    );
  });

  it('of a number is written without an exponent and means the same', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (number) => {
        expect(plain(number)).not.toContain('e');
        expect(Number(plain(number))).toBe(number === 0 ? 0 : number);
      }),
    );
  });

  it('of a moment is the same moment in UTC, or none', () => {
    const zone = fc.constantFrom('Z', '+0000', '+00:00', '-05:00', '+1400', '-12:00');
    const range = {
      min: new Date('0001-01-03T00:00:00Z'),
      max: new Date('9999-12-29T00:00:00Z'),
      noInvalidDate: true,
    };
    fc.assert(
      fc.property(fc.date(range), zone, (date, offset) => {
        const written = date.toISOString().replace('Z', offset);
        const minutes = offset === 'Z' ? 0 : Number(offset.slice(0, 3)) * 60;
        expect(readMoment(written)).toBe(new Date(date.getTime() - minutes * 60_000).toISOString());
      }),
    );
  });
});

describe('records of whatever kind', () => {
  const fields = [
    field('email', { name: 'key', required: true }),
    field('integer', { name: 'age' }),
    field('text', { name: 'note', length: 10 }),
  ];
  const mapping = compileMapping(
    {
      primaryKey: ['key'],
      fields,
      mapping: [
        { salesforceField: 'Email', column: 'key' },
        { salesforceField: 'Age', column: 'age' },
        { salesforceField: 'Note', column: 'note' },
      ],
    },
    ['Id', 'SystemModstamp', 'Email', 'Age', 'Note'],
  );
  const id = fc.integer({ min: 0, max: 999 }).map((number) => `003${String(number).padStart(12, '0')}AAA`);
  const record = fc.tuple(
    fc.oneof({ weight: 9, arbitrary: id }, anything),
    fc.oneof(
      {
        weight: 9,
        arbitrary: fc
          .date({ min: new Date('2020-01-01'), max: new Date('2030-01-01'), noInvalidDate: true })
          .map((date) => date.toISOString()),
      },
      anything,
    ),
    fc.oneof(
      { weight: 9, arbitrary: fc.integer({ min: 0, max: 5 }).map((number) => `p${number}@example.com`) },
      anything,
    ),
    anything,
    anything,
  );

  it('are each written, behind another one, left out or rejected: none is lost, none is there twice', () => {
    fc.assert(
      fc.property(fc.array(record, { maxLength: 40 }), (records) => {
        const mapped = mapRecords(mapping, records);
        const { rows, contenders, superseded, keyless, rejected, columns, stamps, ids } = mapped;
        const behind = [...contenders].flatMap(([leader, places]) =>
          places.map((place) => [leader, place] as const),
        );
        const places = [...rows, ...behind.map(([, place]) => place), ...superseded, ...keyless];
        expect(places.length + rejected.length).toBe(records.length);
        expect(new Set(places).size).toBe(places.length);
        const keys = rows.map((place) => columns[0]?.[place]);
        expect(new Set(keys).size).toBe(keys.length);
        expect([...keys].sort()).toEqual(keys);
        for (const [leader, place] of behind) {
          expect([rows.includes(leader), columns[0]?.[leader]]).toEqual([true, columns[0]?.[place]]);
          expect((stamps[leader] ?? '') >= (stamps[place] ?? '')).toBe(true);
        }
        for (const place of superseded)
          expect(
            places.some(
              (each) =>
                ids[each] === ids[place] && (stamps[each] ?? '') >= (stamps[place] ?? '') && each !== place,
            ),
          ).toBe(true);
        for (const place of keyless) expect(columns[0]?.[place]).toBeNull();
      }),
    );
  });
});
