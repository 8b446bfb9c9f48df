import iconv from 'iconv-lite';
import { describe, expect, it } from 'vitest';
import { encodingNamed, ENCODINGS, scriptOf } from '../../../../server/src/inbound/files/encoding-names.ts';
import {
  EncodingFinder,
  encodingOf,
  type FoundEncoding,
} from '../../../../server/src/inbound/files/encodings.ts';
import { PEOPLE } from '../../support/people.ts';

const fileOf = (rows: readonly string[]): string =>
  `email,name,city\r\n${rows.map((row, place) => `user${place}@example.com,${row}\r\n`).join('')}`;

/** What is found when the file comes in pieces. */
function foundIn(bytes: Buffer, piece = bytes.length): FoundEncoding {
  const finder = new EncodingFinder();
  for (let at = 0; at < bytes.length; at += piece) finder.look(bytes.subarray(at, at + piece));
  return encodingOf(finder.survey);
}

describe('the encoding of a file', () => {
  it.each(
    PEOPLE.flatMap(({ language, encodings, rows }) =>
      encodings.map((encoding) => ({ language, encoding, rows })),
    ),
  )('is told of $language names in $encoding', ({ encoding, rows }) => {
    const bytes = iconv.encode(fileOf(rows), encoding);
    const { encoding: found, guess } = foundIn(bytes);
    // Encodings that agree on every letter of the file are one to its reader.
    expect(iconv.decode(bytes, found)).toBe(iconv.decode(bytes, encoding));
    expect(guess?.values[0]).toBe(rows[0]?.split(',').find((cell) => /[^\0-\x7f]/.test(cell)));
  });

  it.each(PEOPLE)('is told of two $language names behind a million of plain ones', ({ encodings, rows }) => {
    const [encoding = ''] = encodings;
    const plain = 'user@example.com,Nora Lind,London\r\n'.repeat(5000);
    const text = fileOf(rows.slice(0, 2)).replace('city\r\n', `city\r\n${plain}`);
    const bytes = iconv.encode(text, encoding);
    expect(iconv.decode(bytes, foundIn(bytes, 1000).encoding)).toBe(text);
  });

  it('is not guessed of UTF-8, of plain ASCII, or where a mark tells it', () => {
    for (const bytes of [
      Buffer.from(fileOf(['Élodie Côté,Москва'])),
      Buffer.from(fileOf(['Nora Lind,London'])),
      ...['utf-16le', 'utf-16be', 'utf-32le', 'utf-32be'].map((encoding) =>
        iconv.encode(fileOf(['Élodie,Paris']), encoding, { addBOM: true }),
      ),
    ])
      expect(foundIn(bytes).guess).toBeNull();
  });

  it('stays UTF-8 where a character was damaged', () => {
    const bytes = Buffer.from(fileOf(['Élodie Côté,Москва', 'Zoë,Łódź', 'Иван Петров,Казань']));
    bytes[bytes.length - 4] = 0xff;
    expect(foundIn(bytes)).toMatchObject({ encoding: 'utf-8', guess: { others: [] } });
  });

  it('is shown with what cells would hold in others, each reading once', () => {
    const { guess } = foundIn(iconv.encode(fileOf(['Łukasz Wiśniewski,Kraków']), 'windows-1250'));
    expect(guess?.values).toEqual(['Łukasz Wiśniewski', 'Kraków']);
    const readings = [guess?.values, ...(guess?.others.map(({ values }) => values) ?? [])];
    expect(new Set(readings.map((values) => JSON.stringify(values))).size).toBe(readings.length);
    expect(guess?.others).toContainEqual({
      encoding: 'windows-1252',
      values: ['£ukasz Wiœniewski', 'Kraków'],
    });
  });
});

describe('the name of an encoding', () => {
  /** What iconv-lite calls encodings of bytes, and of the names of mail folders. */
  const NO_TEXT = new Set(['binary', 'base64', 'hex', 'utf7imap']);

  it('may be any that is known for it', () => {
    expect(iconv.encodingExists('utf8')).toBe(true);
    const names = Object.keys(iconv.encodings ?? {}).filter((name) => !name.startsWith('_'));
    const missing = names.filter((name) => encodingNamed(name) === null);
    expect(missing.filter((name) => !NO_TEXT.has(name))).toEqual([]);
  });

  it('stands for one encoding each', () => {
    expect(new Set(ENCODINGS.map((name) => iconv.getCodec(name))).size).toBe(ENCODINGS.length);
    for (const name of ENCODINGS) expect(encodingNamed(name)).toBe(name);
  });

  it.each([
    ['CP1251', 'windows-1251', 'cyrillic'],
    ['latin2', 'iso-8859-2', 'central-european'],
    ['SJIS', 'shift_jis', 'japanese'],
    ['UTF8', 'utf-8', 'unicode'],
  ])('%s is %s', (name, encoding, script) => {
    const found = encodingNamed(name);
    expect(found).toBe(encoding);
    expect(found && scriptOf(found)).toBe(script);
  });

  it('is none of nonsense', () => {
    for (const name of ['', 'klingon', '__proto__', 'constructor', 'hex'])
      expect(encodingNamed(name)).toBeNull();
  });
});
