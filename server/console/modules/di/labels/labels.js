import { language } from 'di/language';

/**
 * The texts of each language, fetched by those who read it.
 * @type {Record<string, () => Promise<typeof import('./en/index.js')>>}
 */
const LANGUAGES = { en: () => import('./en/index.js'), fr: () => import('./fr/index.js') };

const { texts: ours, sentences } = await LANGUAGES[language]();

/** Every text of the console in its language, by screen. */
export const labels = ours;

/** A text with values in the places of {0}, {1}. */
export function fill(text, ...values) {
  return text.replace(/\{(\d)\}/g, (_all, index) => values[index]);
}

/** A message of the server in the console's language; what has no sentence is in the words of an org or a person. */
export function wordsOf({ message, sentence }) {
  return (sentence && translated(sentence)) || message;
}

/** In the console's language; null where that is the server's, and for one that a later server may say. */
function translated({ code, parameters }) {
  const valueOf = (name) => {
    const value = parameters[name];
    return typeof value === 'object' ? translated(value) : value;
  };
  return sentences[code]?.replace(/\{(\w+)\}/g, (_place, name) => valueOf(name)) ?? null;
}

/** Choices of a select or a group of checkboxes, from their texts by value. */
export function optionsOf(texts) {
  return Object.entries(texts).map(([value, label]) => ({ value, label }));
}
