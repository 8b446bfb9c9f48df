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
  for (const { code, pattern, names, isHollow } of PATTERNS) {
    const found = pattern.exec(text);
    if (!found) continue;
    const values = found.slice(1).map((value) => messageOf(value) ?? value);
    if (isHollow && values.every((value) => typeof value === 'string')) continue;
    return { code, parameters: Object.fromEntries(names.map((name, place) => [name, values[place] ?? ''])) };
  }
  return null;
}

interface Pattern {
  readonly code: string;
  readonly pattern: RegExp;
  readonly names: readonly string[];
  /** It has hardly a word of its own, and is known by the sentence inside: many texts of others have its shape. */
  readonly isHollow: boolean;
}

/** Letters that tell a sentence from others. */
const FEW_LETTERS = 10;
const SENTENCE_INSIDE = /\{(?:advice|reason)\}/;
/** What a sentence begins with is a name, and not another sentence. */
const NAME = String.raw`((?:(?!\. )[^\n]){1,255}?)`;
const ANYTHING = '([^]*?)';

/** Those with the most words of their own come first. */
const PATTERNS: readonly Pattern[] = Object.entries(CATALOG)
  .sort(([, one], [, other]) => wordsOf(other).length - wordsOf(one).length)
  .map(([code, sentence]) => {
    const names = [...sentence.matchAll(PLACE)].map(([, name = '']) => name);
    const [start = '', ...rest] = sentence.split(/\{\w+\}/).map(escaped);
    const isLed = start === '' && !/^\{(?:advice|reason)\}/.test(sentence);
    const pattern = rest.reduce(
      (all, own, place) => `${all}${place === 0 && isLed ? NAME : ANYTHING}${own}`,
      start,
    );
    const letters = wordsOf(sentence).replace(/\P{L}/gu, '').length;
    return {
      ...{ code, names, pattern: new RegExp(`^${pattern}$`) },
      isHollow: SENTENCE_INSIDE.test(sentence) && letters <= FEW_LETTERS,
    };
  });

function wordsOf(sentence: string): string {
  return sentence.replace(PLACE, '');
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
