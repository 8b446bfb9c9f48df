import iconv from 'iconv-lite';
import { ALPHABETS, FREQUENT, type Alphabet, type Script } from './alphabets.ts';
import type { Encoding } from './encoding-names.ts';

/** An encoding that a file may be in, and how likely text in it would be. */
export interface Guess {
  readonly encoding: Encoding;
  /** Logarithm of a likelihood, by which guesses are compared. */
  readonly score: number;
}

interface Candidate {
  readonly encoding: Encoding;
  readonly script: Script;
  /** What is known before the text is looked at: spreadsheets of Windows are more frequent than those of DOS. */
  readonly before: number;
}

const WINDOWS = 0;
const STANDARD = -2;
const MAC = -4;
const DOS = -6;

/** Encodings that are told apart. Of those that share their letters the one of Windows stands for all. */
const CANDIDATES: readonly Candidate[] = [
  { encoding: 'windows-1252', script: 'western', before: WINDOWS + 1 },
  { encoding: 'macintosh', script: 'western', before: MAC },
  { encoding: 'cp850', script: 'western', before: DOS },
  { encoding: 'windows-1250', script: 'central-european', before: WINDOWS },
  { encoding: 'iso-8859-2', script: 'central-european', before: STANDARD },
  { encoding: 'maccenteuro', script: 'central-european', before: MAC },
  { encoding: 'cp852', script: 'central-european', before: DOS },
  { encoding: 'windows-1257', script: 'baltic', before: WINDOWS },
  { encoding: 'cp775', script: 'baltic', before: DOS },
  { encoding: 'windows-1254', script: 'turkish', before: WINDOWS },
  { encoding: 'macturkish', script: 'turkish', before: MAC },
  { encoding: 'cp857', script: 'turkish', before: DOS },
  { encoding: 'windows-1258', script: 'vietnamese', before: STANDARD },
  { encoding: 'windows-1253', script: 'greek', before: WINDOWS },
  { encoding: 'iso-8859-7', script: 'greek', before: STANDARD },
  { encoding: 'macgreek', script: 'greek', before: MAC },
  { encoding: 'cp737', script: 'greek', before: DOS },
  { encoding: 'windows-1251', script: 'cyrillic', before: WINDOWS },
  { encoding: 'koi8-u', script: 'cyrillic', before: STANDARD },
  { encoding: 'iso-8859-5', script: 'cyrillic', before: STANDARD },
  { encoding: 'maccyrillic', script: 'cyrillic', before: MAC },
  { encoding: 'cp866', script: 'cyrillic', before: DOS },
  { encoding: 'windows-1255', script: 'hebrew', before: WINDOWS },
  { encoding: 'cp862', script: 'hebrew', before: DOS },
  { encoding: 'windows-1256', script: 'arabic', before: WINDOWS },
  { encoding: 'iso-8859-6', script: 'arabic', before: STANDARD },
  { encoding: 'windows-874', script: 'thai', before: WINDOWS },
  { encoding: 'shift_jis', script: 'japanese', before: WINDOWS },
  { encoding: 'euc-jp', script: 'japanese', before: STANDARD },
  { encoding: 'gb18030', script: 'chinese', before: WINDOWS },
  { encoding: 'big5', script: 'chinese', before: WINDOWS },
  { encoding: 'euc-kr', script: 'korean', before: WINDOWS },
];

/** Guesses in the order of their likelihood. @param sample pieces of the file that hold more than ASCII, whole lines */
export function guessEncodings(sample: Buffer): readonly Guess[] {
  return CANDIDATES.map(({ encoding, script, before }) => {
    const text = iconv.decode(sample, encoding);
    return { encoding, score: before + likelihood(text, script, encoding) };
  }).sort((one, other) => other.score - one.score);
}

/** Nothing that is written by people holds it. */
const NEVER = -25;
/** A sign where a letter would stand. */
const MISPLACED = -12;
const SIGN = -7;
/** A letter that the language does not have. */
const FOREIGN = -8;
/** Letters of two scripts in a word; a capital behind a small letter. */
const BROKEN = -6;
/** Latin letters with accents one after another: there are few such words. */
const CROWDED = -1.5;

function likelihood(text: string, script: Script, encoding: Encoding): number {
  const { letters, cost } = surveyed(text);
  if (isWide(script))
    return cost + countOf(letters, (character, count) => count * wide(character, script, encoding));
  const languages = ALPHABETS.filter((each) => each.script === script);
  return cost + Math.max(...languages.map((language) => fit(letters, language)));
}

function fit(letters: ReadonlyMap<string, number>, { letters: own, before }: Alphabet): number {
  return before + countOf(letters, (letter, count) => count * (own.get(letter) ?? FOREIGN));
}

function countOf(
  letters: ReadonlyMap<string, number>,
  each: (letter: string, count: number) => number,
): number {
  let sum = 0;
  for (const [letter, count] of letters) sum += each(letter, count);
  return sum;
}

/** Letters beyond ASCII, in small ones, and what speaks against the text whatever its language. */
function surveyed(text: string): { letters: Map<string, number>; cost: number } {
  const letters = new Map<string, number>();
  let cost = 0;
  let before = SPACE;
  const characters = Array.from(text, kindOf);
  for (const [place, kind] of characters.entries()) {
    const after = characters[place + 1] ?? SPACE;
    if (kind.isAscii) cost += before.isAscii ? 0 : brokenness(before, kind);
    else if (kind.isLetter) {
      for (const each of kind.small) letters.set(each, (letters.get(each) ?? 0) + 1);
      cost += brokenness(before, kind);
    } else if (kind.isUnwritten) cost += NEVER;
    else cost += before.isLetter && after.isLetter && !kind.isOfWords ? MISPLACED : SIGN;
    before = kind;
  }
  return { letters, cost };
}

function brokenness(one: CharacterKind, other: CharacterKind): number {
  if (!one.isLetter || !other.isLetter || one.isMark || other.isMark) return 0;
  const isCapitalInside = one.isSmall && other.isCapital;
  const isCrowded = other.script === 0 && !one.isAscii && !other.isAscii;
  return (
    (one.script === other.script ? 0 : BROKEN) + (isCapitalInside ? BROKEN : 0) + (isCrowded ? CROWDED : 0)
  );
}

/** What Unicode says of a character, as far as words are made of it. */
interface CharacterKind {
  readonly isAscii: boolean;
  readonly isLetter: boolean;
  readonly isMark: boolean;
  readonly isSmall: boolean;
  readonly isCapital: boolean;
  /** Controls, and what decoders write for bytes that are none. */
  readonly isUnwritten: boolean;
  /** Stands between letters. */
  readonly isOfWords: boolean;
  readonly script: number;
  readonly small: string;
}

const KINDS = new Map<string, CharacterKind>();
const MOST_KINDS = 20_000;

/** Each character is asked once: the same text is looked at in many encodings. */
function kindOf(character: string): CharacterKind {
  const known = KINDS.get(character);
  if (known) return known;
  const kind = {
    isAscii: character <= '\u007f',
    isLetter: /[\p{L}\p{M}]/u.test(character),
    isMark: /\p{M}/u.test(character),
    isSmall: /\p{Ll}/u.test(character),
    isCapital: /\p{Lu}/u.test(character),
    isUnwritten: /[\p{C}\ufffd]/u.test(character),
    isOfWords: /[’·]/.test(character),
    script: SCRIPT_TESTS.findIndex((script) => script.test(character)),
    small: character.toLowerCase(),
  };
  if (KINDS.size >= MOST_KINDS) KINDS.clear();
  KINDS.set(character, kind);
  return kind;
}

const SCRIPT_TESTS = [
  /\p{Script=Latin}/u,
  /\p{Script=Cyrillic}/u,
  /\p{Script=Greek}/u,
  /\p{Script=Hebrew}/u,
  /\p{Script=Arabic}/u,
];

const SPACE = kindOf(' ');

/** Of a character among thousands, how much it says. */
const OFTEN = -Math.log(400);
const DAILY = -Math.log(2500);
const SELDOM = -Math.log(200_000);
const KANA = -Math.log(180);

const isWide = (script: Script): boolean => FREQUENT[script] !== undefined;

function wide(character: string, script: Script, encoding: Encoding): number {
  if (FREQUENT[script]?.has(character) === true) return OFTEN;
  if (script === 'japanese' && /[\u3041-\u30fe\u3005]/.test(character)) return KANA;
  // Characters in daily use have places of their own, by the first of their two bytes; others were added later.
  const [lead = 0, trail = 0] = iconv.encode(character, encoding);
  const [first, last, least] = DAILY_PLACES[encoding] ?? [0, 0, 0];
  return lead >= first && lead <= last && trail >= least ? DAILY : SELDOM;
}

const DAILY_PLACES: Readonly<Record<string, readonly [number, number, number]>> = {
  shift_jis: [0x88, 0x97, 0x40],
  'euc-jp': [0xb0, 0xcf, 0xa1],
  gb18030: [0xb0, 0xd7, 0xa1],
  big5: [0xa4, 0xc6, 0x40],
  'euc-kr': [0xb0, 0xc8, 0xa1],
};
