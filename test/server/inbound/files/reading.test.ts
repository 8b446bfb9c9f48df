import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hasCommas, cellReader } from '../../../../server/src/values/interpret-cells.ts';
import { readRecords } from '../../../../server/src/inbound/files/csv-records.ts';
import { findDateOrder, isNoDate, readDate, readMomentIn } from '../../../../server/src/values/dates.ts';
import { EncodingFinder, encodingOf } from '../../../../server/src/inbound/files/encodings.ts';
import { suggestMapping } from '../../../../server/src/values/suggest-mapping.ts';

const target = (name: string, label = name, type = 'text') => ({ name, label, type });

async function* piecesOf(text: string, size: number): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size));
}

describe('headings', () => {
  it.each([
    ['Courriel', 'email'],
    ['E-MAIL', 'email'],
    ['Adresse électronique', 'email'],
    ['Prénom', 'first_name'],
    ['employee_first_name', 'first_name'],
    ['FirstName', 'first_name'],
    ['NOM DE FAMILLE', 'last_name'],
    ['Téléphone 2', 'phone'],
    ['Code postal', 'zip'],
    ['Score__c', 'score'],
  ])('%s is taken for %s', (heading, name) => {
    const targets = [
      target('email', 'E-mail', 'email'),
      target('first_name'),
      target('last_name'),
      target('phone', 'Phone', 'phone'),
      target('zip', 'Postal code'),
      target('score'),
    ];
    expect(suggestMapping([heading], targets)).toEqual([{ heading, to: name }]);
  });

  it.each([
    ['E-mail Address', 'E-mail 2 Address'],
    ['Email', 'Email Address'],
    ['E-Mail-Adresse', 'Adresse de messagerie'],
    ['Work email address', 'Other email address'],
  ])('%s is the address, and %s that of no house', (heading, other) => {
    const targets = [target('email', 'E-mail', 'email'), target('street', 'Street')];
    expect(suggestMapping([heading, other], targets)).toEqual([{ heading, to: 'email' }]);
  });

  it.each(['Has Opted Out Of Email', 'Unsubscribed from all email', 'Do not email'])(
    '%s is no address',
    (heading) => {
      expect(suggestMapping([heading], [target('email', 'E-mail', 'email')])).toEqual([]);
    },
  );

  it('that say nothing known are left out, and of two that say the same the better one is taken', () => {
    const targets = [target('email', 'E-mail', 'email'), target('music')];
    expect(suggestMapping(['Shoe size', 'work_email', 'email', 'music'], targets)).toEqual([
      { heading: 'email', to: 'email' },
      { heading: 'music', to: 'music' },
    ]);
  });
});

describe('dates', () => {
  it.each([
    ...['0/0/00', '00/00/0000', '0000-00-00', '0000-00-00 00:00:00', '0.0.00'],
    ...['01/01/0001', '0001-01-01', '0001-01-01T00:00:00', '1/1/0001 12:00:00 AM', '1/1/4501', '4501-01-01'],
    ...['1/0/1900', '00.01.1900', '1900-01-00', '12/30/1899', '30.12.1899', '1899-12-30 00:00'],
  ])('of nothing may be written %s', (text) => {
    expect(isNoDate(text)).toBe(true);
  });

  it.each(['1/1/2001', '2001-01-01', '1/1/01', '1900-01-01', '1899-12-31', '0', '', '1/0/2000', '12:00 AM'])(
    'of nothing are not written %s',
    (text) => {
      expect(isNoDate(text)).toBe(false);
    },
  );

  it.each([
    [['31/12/2020', '01/02/2020'], 'dmy'],
    [['12/31/2020', '01/02/2020'], 'mdy'],
    [['01/02/2020', '', '11/12/2020'], 'ambiguous'],
    [['2020-01-02', '31.12.2020'], 'dmy'],
    [['2020-01-02'], 'iso'],
    [['31/12/2020', '12/31/2020'], 'ambiguous'],
    [['Anne', 'Zoé'], null],
    [[''], null],
  ])('%j are written as %s', (values, order) => {
    expect(findDateOrder(values)).toBe(order);
  });

  it('are read in the order that is told, and not in another', () => {
    expect(readDate('1/2/2020', 'dmy')).toBe('2020-02-01');
    expect(readDate('1/2/2020', 'mdy')).toBe('2020-01-02');
    expect(readDate('1/2/2020', 'iso')).toBeNull();
  });

  it('are none that the calendar does not have, and none that say nothing', () => {
    expect(readDate('30/02/2020', 'dmy')).toBeNull();
    expect(readMomentIn('2026-02-30 10:00', 'iso', 'UTC')).toBeNull();
    expect(findDateOrder(['0/0/00', '0000-00-00', '5/14/1980', '0/0/00'])).toBe('mdy');
  });

  it('are left as they are where a column has them so, as whoever reads them in any order leaves them', () => {
    const digits = (most: number, length: number) =>
      fc.integer({ min: 0, max: most }).map((number) => String(number).padStart(length, '0'));
    const day = fc.tuple(digits(9999, 4), digits(14, 2), digits(33, 2)).map((parts) => parts.join('-'));
    const clock = fc.tuple(digits(30, 2), digits(70, 2), digits(70, 2)).map((parts) => parts.join(':'));
    const dates = fc.constantFrom('iso', 'dmy', 'mdy');
    fc.assert(
      fc.property(day, clock, digits(999, 3), dates, (date, time, fraction, order) => {
        const ways = { dates: order, decimals: 'point', timeZone: 'America/Toronto' } as const;
        const moment = `${date}T${time}.${fraction}Z`;
        expect(cellReader('date', ways)(date)).toBe(readDate(date, order) ?? date);
        expect(cellReader('moment', ways)(moment)).toBe(readMomentIn(moment, order, ways.timeZone) ?? moment);
      }),
    );
  });

  it('have the clock of their zone, on both sides of a change of it', () => {
    expect(readMomentIn('2026-03-08 01:59', 'iso', 'America/Toronto')).toBe('2026-03-08T06:59:00.000Z');
    expect(readMomentIn('2026-03-08 03:00', 'iso', 'America/Toronto')).toBe('2026-03-08T07:00:00.000Z');
    expect(readMomentIn('31/12/2026 11:30 pm', 'dmy', 'UTC')).toBe('2026-12-31T23:30:00.000Z');
    expect(readMomentIn('2026-01-01T00:00:00+02:00', 'iso', 'UTC')).toBe('2026-01-01T00:00:00.000+02:00');
  });
});

describe('numbers', () => {
  it.each([
    ['1,234.50', 'point', '1234.50'],
    ['1 234.5', 'point', '1234.5'],
    ['1,5', 'point', '1,5'],
    ['1.234,50', 'comma', '1234.50'],
    ['1\u202f234,5', 'comma', '1234.5'],
    ['12', 'comma', '12'],
  ] as const)('%s with a %s is %s', (text, decimals, expected) => {
    expect(cellReader('number', { dates: null, decimals, timeZone: 'UTC' })(text)).toBe(expected);
  });

  it('have commas where no other reading is left', () => {
    expect(hasCommas(['1,5', '2'])).toBe(true);
    expect(hasCommas(['1,234', '5'])).toBe(false);
    expect(hasCommas(['1,5', '2.5'])).toBe(false);
  });
});

describe('a file', () => {
  const text = 'a,b\r\n1,"x\r\ny"\r\n\r\n"é, ""q""",4\r\n5,6';

  it.each([1, 2, 3, 7, 1000])(
    'is read the same in pieces of %i bytes, with its lines and ends',
    async (size) => {
      const records = [];
      for await (const read of readRecords(piecesOf(text, size), ',')) records.push(...read);
      expect(records).toEqual([
        { cells: ['a', 'b'], line: 1, end: 5, nextLine: 2 },
        { cells: ['1', 'x\r\ny'], line: 2, end: 15, nextLine: 4 },
        { cells: ['é, "q"', '4'], line: 5, end: 32, nextLine: 6 },
        { cells: ['5', '6'], line: 6, end: 35, nextLine: 7 },
      ]);
    },
  );

  it('can be read on from the end of any row', async () => {
    const bytes = Buffer.from(text);
    const rest = [];
    for await (const read of readRecords(piecesOf(bytes.subarray(15).toString(), 4), ',', 4))
      rest.push(...read);
    expect(rest).toMatchObject([
      { cells: ['é, "q"', '4'], line: 5 },
      { cells: ['5', '6'], line: 6 },
    ]);
  });

  it('whose last character is cut in two is not UTF-8', () => {
    const finder = new EncodingFinder();
    finder.look(Buffer.from('Zoé').subarray(0, 3));
    expect(encodingOf(finder.survey).encoding).toBe('windows-1252');
  });
});
