import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { consoleTexts } from '../../support/console-texts.ts';

const MODULES = path.join(import.meta.dirname, '../../../server/console/modules/di');

const placesOf = (text: string): string[] => [...text.matchAll(/\{\d\}/g)].map(([place]) => place).sort();

describe('the console’s texts', () => {
  it('are the same ones in both languages, with places for the same values', async () => {
    const [english, french] = await Promise.all([consoleTexts('en'), consoleTexts('fr')]);
    expect([...french.keys()]).toEqual([...english.keys()]);
    for (const [name, text] of english)
      expect(placesOf(french.get(name) ?? ''), name).toEqual(placesOf(text));
  });

  it('are there for every name that a screen asks for', async () => {
    const english = await consoleTexts('en');
    const known = new Set(
      [...english.keys()].flatMap((name) =>
        name.split('.').map((_, index, parts) => parts.slice(0, index + 1).join('.')),
      ),
    );
    for (const entry of readdirSync(MODULES, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || !/\.(html|js)$/.test(entry.name)) continue;
      const text = readFileSync(path.join(entry.parentPath, entry.name), 'utf8');
      for (const [, name = ''] of text.matchAll(/\blabels\.([\w.]*\w)/g))
        expect(known, `${entry.name}: ${name}`).toContain(name);
    }
  });
});
