import { describe, expect, it } from 'vitest';
import { guarded, strangersIn } from '../support/known-members.js';

const SHAPE = {
  members: { label: {}, books: { of: { type: 'Book' } }, byTitle: { of: { type: 'Book' } }, more: {} },
};
const TYPES = { Book: { members: { title: {} } } };
const ANSWER = {
  label: 'A',
  books: [{ title: 'One' }],
  byTitle: { One: { title: 'One' } },
  more: { anything: 1 },
};

interface Read {
  readonly label: string;
  readonly lable?: string;
  readonly books: readonly { readonly title: string; readonly pages?: number }[];
  readonly byTitle: Readonly<Record<string, { readonly titel?: string }>>;
  readonly more: { readonly whatever?: unknown };
}

describe('an answer whose members are known', () => {
  function read(use: (answer: Read) => unknown): string[] {
    const told: string[] = [];
    const options = { types: TYPES, report: (message: string) => void told.push(message) };
    use(guarded(ANSWER, SHAPE, 'Shelf', options) as Read);
    return told;
  }

  it('may be asked for what it has, be it there or not, and be gone through', () => {
    expect(
      read(({ label, books, more, ...rest }) => [
        label,
        books.map(({ title }) => title).length,
        more.whatever,
        JSON.stringify(rest),
        [...books],
      ]),
    ).toEqual([]);
  });

  it.each<[string, (answer: Read) => unknown, string]>([
    ['at its top', ({ lable }) => lable, 'Shelf has no member lable.'],
    ['in a list', ({ books }) => books.map(({ pages }) => pages), 'Shelf.books[] has no member pages.'],
    ['in a map', ({ byTitle }) => byTitle.One?.titel, 'Shelf.byTitle.One has no member titel.'],
  ])('tells of what it does not have %s', (_where, use, message) => {
    expect(read(use)).toEqual([message]);
  });

  it('stays itself, however often it is read', () => {
    read(({ books }) => {
      expect(books[0]).toBe(books[0]);
      expect(books).toEqual(ANSWER.books);
    });
  });

  it('may not be changed where it is read-only', () => {
    const options = { types: TYPES, report: () => undefined, isReadOnly: true };
    const answer = guarded(ANSWER, SHAPE, 'Shelf', options) as { label: string; books: object[] };
    expect(() => {
      answer.label = 'B';
    }).toThrow('read-only');
    expect(() => answer.books.push({})).toThrow('read-only');
  });

  it('has no member that its shape lacks', () => {
    expect(strangersIn(ANSWER, SHAPE, 'Shelf', TYPES)).toEqual([]);
    expect(strangersIn({ ...ANSWER, books: [{ pages: 1 }], size: 2 }, SHAPE, 'Shelf', TYPES)).toEqual([
      'Shelf.books[] has no member pages.',
      'Shelf has no member size.',
    ]);
  });
});
