import { describe, expect, it } from 'vitest';
import { buildApp } from './compile/app.ts';
import { labels } from './compile/labels.ts';
import { platformModules } from './compile/platform-modules.ts';

describe('custom labels', () => {
  const english = labels('en_US');
  const french = labels('fr');

  it('are all translated into French', () => {
    expect([...french.keys()].sort()).toEqual([...english.keys()].sort());
    const same = [...english].filter(([name, text]) => french.get(name) === text).map(([name]) => name);
    expect(same.sort()).toEqual(WRITTEN_ALIKE);
  });

  it('have the same places to be filled in', () => {
    const places = (text: string) => [...text.matchAll(/\{\d\}/g)].map(([place]) => place).sort();
    for (const [name, text] of english) expect(places(french.get(name) ?? ''), name).toEqual(places(text));
  });

  it('hold no apostrophe that String.format would swallow', () => {
    for (const [name, text] of [...english, ...french]) expect(text, name).not.toContain("'");
  });
});

/** The same word in both languages. */
const WRITTEN_ALIKE = ['Fields_Column_Type', 'Project_Secret', 'Type_Date', 'Type_Url'];

describe('the build of the screens', () => {
  it('compiles every component', async () => {
    expect(await buildApp()).toContain('transferWizard');
  });

  it.each([
    '@salesforce/apex/DI_MonitorController.nothing',
    '@salesforce/apex/Nothing.status',
    '@salesforce/label/c.Nothing',
  ])('refuses %s, which the package does not hold', (name) => {
    const { resolveId } = platformModules();
    expect(() => (resolveId as (id: string) => unknown)(name)).toThrow('in the package');
  });
});
