import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { CATALOG } from '../../../server/src/messages/catalog.ts';
import { messageOf, say, type Message } from '../../../server/src/messages/message.ts';

/** What the console says in French, by the codes of the sentences. */
const FRENCH = path.join(
  import.meta.dirname,
  '../../../server/console/modules/di/labels/fr/messages/index.js',
);
const { sentences } = z
  .object({ sentences: z.record(z.string(), z.string()) })
  .parse(await import(pathToFileURL(FRENCH).href));
const SOURCES = path.join(import.meta.dirname, '../../../server/src');
const entries = Object.entries(CATALOG);

const placesOf = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);

/** A sentence with something in each of its places; a reason and advice are sentences themselves. */
const filled = (text: string): string =>
  text.replace(/\{(\w+)\}/g, (_place, name: string) =>
    ['advice', 'reason'].includes(name) ? say('salesforce.no-reason') : `‹${name}›`,
  );

const rendered = ({ code, parameters }: Message): string =>
  Object.entries(CATALOG)
    .find(([each]) => each === code)?.[1]
    .replace(/\{(\w+)\}/g, (_place, name: string) => {
      const value = parameters[name] ?? '';
      return typeof value === 'string' ? value : rendered(value);
    }) ?? '';

describe('a sentence of the server', () => {
  it.each(entries)('%s is found again, with what was filled in', (_code, sentence) => {
    const text = filled(sentence);
    const found = messageOf(text);
    expect(found === null ? null : rendered(found)).toBe(text);
    // One that says the same as another is either.
    const same = entries.filter(([, each]) => each === sentence).map(([each]) => each);
    expect(same).toContain(found?.code);
    expect(Object.keys(found?.parameters ?? {}).sort()).toEqual([...new Set(placesOf(sentence))].sort());
  });

  it.each(entries)('%s is said in French, with the same things filled in', (code, sentence) => {
    const french = sentences[code];
    expect(placesOf(french ?? '').sort()).toEqual(placesOf(sentence).sort());
    expect(french).not.toBe(sentence);
    expect(french).not.toContain("'");
  });

  it('is one that the server says', () => {
    expect(Object.keys(sentences).sort()).toEqual(Object.keys(CATALOG).sort());
    const sources = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && !file.startsWith('messages/'))
      .map((file) => readFileSync(path.join(SOURCES, file), 'utf8'))
      .join('\n');
    const unsaid = entries.map(([code]) => code).filter((code) => !isSaid(code, sources));
    expect(unsaid).toEqual([]);
  });

  it('is known inside another one', () => {
    const advice = say('salesforce.record.STRING_TOO_LONG');
    const refusal = say('salesforce.advised-record', { advice, said: 'City: data value too large' });
    expect(messageOf(say('deliveries.tried', { times: 10, reason: refusal }))).toEqual({
      code: 'deliveries.tried',
      parameters: {
        times: '10',
        reason: {
          code: 'salesforce.advised-record',
          parameters: {
            advice: { code: 'salesforce.record.STRING_TOO_LONG', parameters: {} },
            said: 'City: data value too large',
          },
        },
      },
    });
  });

  it.each([
    '',
    'City: data value too large: Llanfair (max length=40)',
    'Whatever. Salesforce: No.',
    'Hello (Salesforce: No.)',
  ])('is none in the words of somebody else: %s', (text) => {
    expect(messageOf(text)).toBeNull();
  });
});

/** Advice is found by its code: `say` is given the family, or all of it is read. */
function isSaid(code: string, sources: string): boolean {
  const family = code.slice(0, code.lastIndexOf('.') + 1);
  return [`'${code}'`, `\`${family}\${`, `'${family}'`].some((said) => sources.includes(said));
}
