import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';

const LABELS = path.join(import.meta.dirname, '../../server/console/modules/di/labels');
const textsSchema = z.record(z.string(), z.unknown());

/** Every text of the console in a language by its path: `health.title`. */
export async function consoleTexts(language: 'en' | 'fr'): Promise<Map<string, string>> {
  const file = pathToFileURL(path.join(LABELS, language, 'index.js')).href;
  const { texts } = textsSchema.parse(await import(file));
  return new Map(flattened(texts, ''));
}

function flattened(texts: unknown, at: string): [string, string][] {
  if (typeof texts === 'string') return [[at, texts]];
  return Object.entries(textsSchema.parse(texts)).flatMap(([name, each]) =>
    flattened(each, at === '' ? name : `${at}.${name}`),
  );
}
