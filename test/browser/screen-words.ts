import { CATALOG } from '../../server/src/messages/catalog.ts';
import { consoleTexts } from '../support/console-texts.ts';
import { labels } from './compile/labels.ts';
import { lightningTabs } from './lightning-app.ts';

export type Language = 'en' | 'fr';

/** What screens say in a language, found by what they say in English. */
export interface ScreenWords {
  /** The console's words for an English text of it, whole, with what stands in its places {0}, {1}: anything, where it is not said. */
  console(english: string, ...values: readonly string[]): RegExp;
  /** The same of the screens in Salesforce. */
  salesforce(english: string, ...values: readonly string[]): RegExp;
  /** Lines of a page that are English texts of ours where the language is another. */
  english(page: string): string[];
}

/** Texts in two languages, of one place of a screen. */
type Pair = readonly [english: string, other: string];

/** Stands where a test does not say what is filled in. */
const ANYTHING = '\u0000';
const PLACE = /\{\w+\}/g;
/** A text that has hardly a word of its own beside what is filled in. */
const FEW_LETTERS = 10;

export async function screenWords(language: Language): Promise<ScreenWords> {
  const ofConsole = pairsOf(await consoleTexts('en'), await consoleTexts(language));
  const ofSalesforce = [
    ...pairsOf(labels('en_US'), labels(language === 'fr' ? 'fr' : 'en_US')),
    ...tabPairs(language),
  ];
  const foreign = language === 'en' ? [] : englishOf(ofConsole);
  // Apex takes its texts from the org, which is in English here: labels.test.ts says that it has them in French.
  const ofApex = englishOf(ofSalesforce);
  return {
    console: (english, ...values) => wholeOf(ofConsole, english, values),
    salesforce: (english, ...values) => wholeOf(ofSalesforce, english, values),
    english: (page) =>
      page
        .split('\n')
        .map((line) => line.trim())
        .filter((line) => language !== 'en' && !ofApex.some((text) => text.test(line)))
        .filter((line) => soundsEnglish(line) || foreign.some((text) => text.test(line))),
  };
}

function pairsOf(english: ReadonlyMap<string, string>, other: ReadonlyMap<string, string>): Pair[] {
  return [...english].map(([name, text]) => [text, other.get(name) ?? text]);
}

function tabPairs(language: Language): Pair[] {
  const translated = lightningTabs(language === 'fr' ? 'fr' : 'en_US');
  return lightningTabs('en_US').map(({ label }, index) => [label, translated[index]?.label ?? label]);
}

/** A label of a field that has to be filled in begins with a star. */
function wholeOf(pairs: readonly Pair[], english: string, values: readonly string[]): RegExp {
  const found = pairs.filter(([text]) => text === english).map(([, other]) => other);
  if (found.length === 0) throw new Error(`No screen says: ${english}`);
  const filled = found.map((text) =>
    text
      .split(/\{(\d)\}/)
      .map((part, index) => escaped(index % 2 === 0 ? part : (values[Number(part)] ?? ANYTHING)))
      .join('')
      .replaceAll(ANYTHING, '.+'),
  );
  return new RegExp(`^\\*?(?:${[...new Set(filled)].join('|')})$`);
}

/** What tells a page in another language to be English: texts of several words that the other language does not have. */
function englishOf(pairs: readonly Pair[]): RegExp[] {
  const other = new Set(pairs.map(([, text]) => text));
  const texts = [...pairs.map(([text]) => text), ...Object.values(CATALOG)];
  return [...new Set(texts)]
    .filter((text) => !other.has(text) && text.includes(' ') && lettersOf(text) >= FEW_LETTERS)
    .map((text) => new RegExp(`^${text.split(PLACE).map(escaped).join('.+')}$`));
}

/** Words that hardly an English sentence is without, and that no French one has. */
const OF_ENGLISH = /\b(?:the|is|are|was|of|with|and|has|have|its|this|that|which|not|may|can|by)\b/gi;

/** Whether a text is in English, as far as its small words tell: one of them may be part of a name. */
export function soundsEnglish(text: string): boolean {
  return new Set(text.toLowerCase().match(OF_ENGLISH)).size > 1;
}

const lettersOf = (text: string): number => text.replace(PLACE, '').replace(/\P{L}/gu, '').length;
const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
