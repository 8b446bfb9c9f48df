import { CATALOG } from './catalog.ts';

type Catalog = typeof CATALOG;
export type MessageCode = keyof Catalog;

/** The names of a sentence's parameters, as they stand in it in braces. */
type Places<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Places<Rest>
  : never;
type Given<Code extends MessageCode> = [Places<Catalog[Code]>] extends [never]
  ? []
  : [parameters: Readonly<Record<Places<Catalog[Code]>, string | number>>];

const PLACE = /\{(\w+)\}/g;
/** The same where a sentence is split at it: nothing of it stays. */
const PLACE_WHOLE = /\{\w+\}/;

/** A sentence of the catalog, in English. What it is of is found again by `messageOf`, wherever it was stored meanwhile. */
export function say<Code extends MessageCode>(code: Code, ...[parameters]: Given<Code>): string {
  const values: Readonly<Record<string, string | number>> = parameters ?? {};
  return CATALOG[code].replace(PLACE, (place, name: string) => String(values[name] ?? place));
}

/** Sentences whose codes begin alike, each by the rest of its code. */
export function sentencesUnder(family: string): readonly (readonly [rest: string, sentence: string])[] {
  return Object.entries(CATALOG)
    .filter(([code]) => code.startsWith(family))
    .map(([code, sentence]) => [code.slice(family.length), sentence]);
}

/** What a sentence of the server's says, for whoever says it in another language. */
export interface Message {
  readonly code: string;
  /** Each is a text, or a sentence of the catalog itself. */
  readonly parameters: Readonly<Record<string, string | Message>>;
}

/** Which sentence of the catalog a text is; null where it is in somebody else's words, as those of an org. */
export function messageOf(text: string): Message | null {
  return messageWithin(text, DEEPEST);
}

/** How deep sentences stand in each other, at most. */
const DEEPEST = 3;

function messageWithin(text: string, depth: number): Message | null {
  if (depth === 0) return null;
  for (const { code, names, isHollow, ...words } of SENTENCES) {
    const found = valuesIn(text, words);
    if (found === null) continue;
    const values = found.map((value) => messageWithin(value, depth - 1) ?? value);
    if (isHollow && values.every((value) => typeof value === 'string')) continue;
    return { code, parameters: Object.fromEntries(names.map((name, place) => [name, values[place] ?? ''])) };
  }
  return null;
}

/** A sentence's own words, between which its parameters stand. */
interface Words {
  readonly start: string;
  /** After each parameter but the last one. */
  readonly between: readonly string[];
  /** After the last parameter; null where the sentence has none. */
  readonly end: string | null;
  /** It begins with a name, which is no other sentence. */
  readonly isLed: boolean;
}

interface Sentence extends Words {
  readonly code: string;
  readonly names: readonly string[];
  /** It has hardly a word of its own, and is known by the sentence inside: many texts of others have its shape. */
  readonly isHollow: boolean;
}

/** Letters that tell a sentence from others. */
const FEW_LETTERS = 10;
const SENTENCE_INSIDE = /\{(?:advice|reason)\}/;
const LONGEST_NAME = 255;

/** Those with the most words of their own come first. */
const SENTENCES: readonly Sentence[] = Object.entries(CATALOG)
  .sort(([, one], [, other]) => wordsOf(other).length - wordsOf(one).length)
  .map(([code, sentence]) => {
    const [start = '', ...rest] = sentence.split(PLACE_WHOLE);
    return {
      ...{ code, start, between: rest.slice(0, -1), end: rest.at(-1) ?? null },
      names: [...sentence.matchAll(PLACE)].map(([, name = '']) => name),
      isLed: start === '' && !/^\{(?:advice|reason)\}/.test(sentence),
      isHollow:
        SENTENCE_INSIDE.test(sentence) && wordsOf(sentence).replace(/\P{L}/gu, '').length <= FEW_LETTERS,
    };
  });

/** What stands between a sentence's words in a text, in one pass over it; null where it is not that sentence. */
function valuesIn(text: string, { start, between, end, isLed }: Words): string[] | null {
  if (end === null) return text === start ? [] : null;
  if (!text.startsWith(start) || !text.endsWith(end)) return null;
  const values: string[] = [];
  let from = start.length;
  for (const words of between) {
    const to = text.indexOf(words, from);
    if (to < 0) return null;
    values.push(text.slice(from, to));
    from = to + words.length;
  }
  const to = text.length - end.length;
  if (to < from) return null;
  values.push(text.slice(from, to));
  return isLed && !isName(values[0] ?? '') ? null : values;
}

const isName = (text: string): boolean =>
  text !== '' && text.length <= LONGEST_NAME && !text.includes('\n') && !text.includes('. ');

function wordsOf(sentence: string): string {
  return sentence.replace(PLACE, '');
}
