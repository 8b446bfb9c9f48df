import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';

/** One file a language, named by its tag (BCP 47): another file is another language. */
const FOLDER = path.join(import.meta.dirname, 'languages');

/** What the pages say. Names in braces are filled in. */
const NAMES = [
  'unsubscribe',
  'unsubscribeQuestion',
  'unsubscribeAllQuestion',
  'unsubscribeButton',
  'unsubscribed',
  'unsubscribedAt',
  'alreadyUnsubscribed',
  'othersRemain',
  'undoQuestion',
  'undoButton',
  'undone',
  'undoneAt',
  'nothingUndone',
  'preferences',
  'preferencesFor',
  'preferencesLegend',
  'noOptIns',
  'pendingHint',
  'saveButton',
  'allOffButton',
  'savedAt',
  'confirm',
  'confirmQuestion',
  'confirmButton',
  'confirmed',
  'confirmedAt',
  'receives',
  'confirmExpired',
  'confirmNothing',
  'unconfirmed',
  'thisAddress',
  'quoted',
  'allMessages',
  'brokenLink',
  'brokenLinkHint',
  'preview',
] as const;
export type Texts = Readonly<Record<(typeof NAMES)[number], string>>;

const textsSchema = z.record(z.enum(NAMES), z.string().min(1));

function readLanguages(): ReadonlyMap<string, Texts> {
  const files = readdirSync(FOLDER).filter((file) => file.endsWith('.json'));
  return new Map(
    files.sort().map((file) => {
      const content: unknown = JSON.parse(readFileSync(path.join(FOLDER, file), 'utf8'));
      return [path.basename(file, '.json'), textsSchema.parse(content)];
    }),
  );
}

const LANGUAGES = readLanguages();

/** Whoever's language is none of these reads English. */
const FALLBACK = 'en';

/** Tags of the languages that the pages speak. */
export const PAGE_LANGUAGES: readonly string[] = [...LANGUAGES.keys()];

/** What the pages say in a language. */
export function textsIn(language: string): Texts {
  const texts = LANGUAGES.get(language) ?? LANGUAGES.get(FALLBACK);
  if (!texts) throw new Error(`There is no ${FALLBACK}.json in ${FOLDER}.`);
  return texts;
}

/** The best of the pages' languages for whoever reads some. */
export function bestLanguage(accepts: (languages: string[]) => string | false): string {
  return accepts([...PAGE_LANGUAGES]) || FALLBACK;
}

/** Fills names in braces. A sentence starts with a capital letter, an address as it is. */
export function fill(text: string, values: Readonly<Record<string, string>>): string {
  const filled = replaced(text, values);
  return /^\S+@/.test(filled) ? filled : filled.charAt(0).toUpperCase() + filled.slice(1);
}

/** Fills names in braces of a part of a sentence. */
export function replaced(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\{(\w+)\}/g, (_all, name: string) => values[name] ?? '');
}

/** A moment as people read it, in UTC. */
export function momentText(moment: Date, language: string): string {
  const written = new Intl.DateTimeFormat(language, {
    dateStyle: 'long',
    timeStyle: 'short',
    timeZone: 'UTC',
  });
  return `${written.format(moment)} UTC`;
}

/** An address that its owner recognizes and nobody else learns: `a•••@example.com`. */
export function masked(address: string): string {
  const at = address.lastIndexOf('@');
  return at < 1 ? '•••' : `${String.fromCodePoint(address.codePointAt(0) ?? 0)}•••${address.slice(at)}`;
}
