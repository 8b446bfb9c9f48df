import { throwNull } from '../values/exception.ts';

const given = (text: string | null): string => text ?? throwNull();
const blank = (text: string | null): boolean => text === null || text === '';
const lower = (text: string | null): string => given(text).toLowerCase();

/** Steps from one text to another; -1 where there are more than the threshold. */
function levenshtein(left: string, right: string): number {
  let row = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let i = 1; i <= left.length; i++) {
    const next = [i];
    for (let j = 1; j <= right.length; j++) {
      const cost = left[i - 1] === right[j - 1] ? 0 : 1;
      next.push(Math.min((next[j - 1] ?? 0) + 1, (row[j] ?? 0) + 1, (row[j - 1] ?? 0) + cost));
    }
    row = next;
  }
  return row[right.length] ?? 0;
}

/** Finding and comparing. */
export const searchMethods = {
  'compareTo/1': (text: string, other: string | null) => {
    const right = given(other);
    for (let index = 0; index < Math.min(text.length, right.length); index++) {
      const difference = text.charCodeAt(index) - right.charCodeAt(index);
      if (difference !== 0) return difference;
    }
    return text.length - right.length;
  },
  'contains/1': (text: string, part: string | null) => text.includes(given(part)),
  'containsIgnoreCase/1': (text: string, part: string | null) => text.toLowerCase().includes(lower(part)),
  'containsAny/1': (text: string, characters: string | null) =>
    Array.from(characters ?? '').some((each) => text.includes(each)),
  'containsNone/1': (text: string, characters: string | null) =>
    !Array.from(characters ?? '').some((each) => text.includes(each)),
  'containsOnly/1': (text: string, characters: string | null) =>
    Array.from(text).every((each) => given(characters).includes(each)),
  'containsWhitespace/0': (text: string) => /\s/.test(text),
  'countMatches/1': (text: string, part: string | null) =>
    blank(part) ? 0 : text.split(given(part)).length - 1,
  'difference/1': (text: string, other: string | null) => {
    const right = given(other);
    let index = 0;
    while (index < right.length && text[index] === right[index]) index += 1;
    return right.slice(index);
  },
  'endsWith/1': (text: string, part: string | null) => text.endsWith(given(part)),
  'endsWithIgnoreCase/1': (text: string, part: string | null) => text.toLowerCase().endsWith(lower(part)),
  'equals/1': (text: string, other: unknown) => text === other,
  'equalsIgnoreCase/1': (text: string, other: string | null) =>
    other !== null && text.toLowerCase() === other.toLowerCase(),
  'getLevenshteinDistance/1': (text: string, other: string | null) => levenshtein(text, given(other)),
  'getLevenshteinDistance/2': (text: string, other: string | null, threshold: number) => {
    const distance = levenshtein(text, given(other));
    return distance > threshold ? -1 : distance;
  },
  'indexOf/1': (text: string, part: string | null) => text.indexOf(given(part)),
  'indexOf/2': (text: string, part: string | null, from: number) => text.indexOf(given(part), from),
  'indexOfIgnoreCase/1': (text: string, part: string | null) => text.toLowerCase().indexOf(lower(part)),
  'indexOfIgnoreCase/2': (text: string, part: string | null, from: number) =>
    text.toLowerCase().indexOf(lower(part), from),
  'indexOfAny/1': (text: string, characters: string | null) =>
    Array.from(text).findIndex((each) => given(characters).includes(each)),
  'indexOfAnyBut/1': (text: string, characters: string | null) =>
    Array.from(text).findIndex((each) => !given(characters).includes(each)),
  'indexOfChar/1': (text: string, code: number) => text.indexOf(String.fromCodePoint(code)),
  'indexOfChar/2': (text: string, code: number, from: number) =>
    text.indexOf(String.fromCodePoint(code), from),
  'indexOfDifference/1': (text: string, other: string | null) => {
    const right = given(other);
    if (text === right) return -1;
    let index = 0;
    while (text[index] === right[index]) index += 1;
    return index;
  },
  'lastIndexOf/1': (text: string, part: string | null) => text.lastIndexOf(given(part)),
  'lastIndexOf/2': (text: string, part: string | null, from: number) =>
    from < 0 ? -1 : text.lastIndexOf(given(part), from),
  'lastIndexOfChar/1': (text: string, code: number) => text.lastIndexOf(String.fromCodePoint(code)),
  'lastIndexOfChar/2': (text: string, code: number, to: number) =>
    to < 0 ? -1 : text.lastIndexOf(String.fromCodePoint(code), to),
  'lastIndexOfIgnoreCase/1': (text: string, part: string | null) =>
    text.toLowerCase().lastIndexOf(lower(part)),
  'lastIndexOfIgnoreCase/2': (text: string, part: string | null, to: number) =>
    to < 0 ? -1 : text.toLowerCase().lastIndexOf(lower(part), to),
  'startsWith/1': (text: string, part: string | null) => text.startsWith(given(part)),
  'startsWithIgnoreCase/1': (text: string, part: string | null) => text.toLowerCase().startsWith(lower(part)),
};
