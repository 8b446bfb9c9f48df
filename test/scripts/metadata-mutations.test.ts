import { describe, expect, it } from 'vitest';
import { checkSource } from '../../scripts/metadata-check/check-metadata.ts';
import { MetadataReader } from '../../scripts/metadata-check/metadata-reader.ts';
import { readSource } from '../../scripts/metadata-check/package-source.ts';
import { CODE } from './metadata-mutations/code.ts';
import { LAYOUTS } from './metadata-mutations/layouts.ts';
import type { Mutation } from './metadata-mutations/mutation.ts';
import { FIELDS, OBJECTS } from './metadata-mutations/objects.ts';
import { PAGES } from './metadata-mutations/pages.ts';
import { REPORTS } from './metadata-mutations/reports.ts';
import { RIGHTS, TEXTS } from './metadata-mutations/rights-and-texts.ts';
import { VALUES } from './metadata-mutations/values.ts';

const reader = new MetadataReader();
const source = readSource('force-app');

/** The package with one fault in it. Throws where the file or the text is no longer there to be broken. */
function broken({ file, from, to }: Mutation): ReadonlyMap<string, string> {
  const [place, another] = [...source.keys()].filter((each) => each.endsWith(`/${file}`));
  const text = place === undefined ? undefined : source.get(place);
  if (place === undefined || another !== undefined || text === undefined)
    throw new Error(`the package has not one ${file}`);
  const changed = text.replace(from, to);
  if (changed === text) throw new Error(`${file} has no ${from.toString()}`);
  return new Map(source).set(place, changed);
}

describe('the gate before a deployment', () => {
  it('lets the package pass', () => {
    expect(checkSource(source, reader).problems).toEqual([]);
  });

  it.each(
    [...PAGES, ...OBJECTS, ...FIELDS, ...LAYOUTS, ...REPORTS, ...RIGHTS, ...TEXTS, ...CODE, ...VALUES].map(
      (mutation) => [mutation.fault, mutation] as const,
    ),
  )('finds %s', (_fault, mutation) => {
    const { problems } = checkSource(broken(mutation), reader);
    const found = problems.map(({ file, problem }) => `${file}: ${problem}`);
    expect(found).toContainEqual(expect.stringContaining(mutation.found));
    expect(found).toContainEqual(expect.stringContaining(`${mutation.file}: `));
  });

  it('finds a class whose settings are missing, and settings whose class is missing', () => {
    const without = (name: string) => new Map([...source].filter(([file]) => !file.endsWith(`/${name}`)));
    const problems = (name: string) =>
      checkSource(without(name), reader).problems.map(({ problem }) => problem);
    expect(problems('DI_Outbox.cls-meta.xml')).toContain('DI_Outbox.cls-meta.xml is missing beside it');
    expect(problems('DI_Outbox.cls')).toContain('DI_Outbox.cls is missing beside it');
    expect(problems('diErrorPanel.js')).toContain('diErrorPanel.js is missing beside it');
  });

  it.each([
    ['DI_Load__c-DI Load Layout.layout-meta.xml', 'DI_Load__c may be opened and has no page layout: add one'],
    [
      'DI_Flow_User.permissionset-meta.xml',
      'the action DI_CaptureChangesAction is in no permission set: give it in one',
    ],
    ['DI_Load__c-fr/Total__c.fieldTranslation-meta.xml', 'the field Total__c is not translated: add it'],
  ])('finds that %s is missing', (name, problem) => {
    const without = new Map([...source].filter(([file]) => !file.endsWith(`/${name}`)));
    expect(checkSource(without, reader).problems.map((each) => each.problem)).toContain(problem);
  });

  it.each([
    ['DI_Outbox.cls', 'Outbox.cls', 'rename it DI_Outbox'],
    ['DI_RetentionTest.cls', 'RetentionTest.cls', 'rename it DI_RetentionTest'],
    ['DI_WakeTrigger.trigger', 'WakeTrigger.trigger', 'rename it DI_WakeTrigger'],
    ['diErrorPanel/diErrorPanel.js', 'errorPanel/errorPanel.js', 'rename it diErrorPanel'],
  ])('finds %s under the name %s, which an org may have itself', (own, common, problem) => {
    const renamed = new Map([...source].map(([file, text]) => [file.replace(`/${own}`, `/${common}`), text]));
    expect(checkSource(renamed, reader).problems).toContainEqual({
      file: expect.stringContaining(`/${common}-meta.xml`) as string,
      problem: expect.stringContaining(problem) as string,
    });
  });

  it('finds two components of one name in two folders', () => {
    const [file] = [...source.keys()].filter((each) => each.endsWith('/DI_View.customPermission-meta.xml'));
    const twin = new Map(source).set(
      'force-app/other/di_view.customPermission-meta.xml',
      source.get(file ?? '') ?? '',
    );
    expect(checkSource(twin, reader).problems.map(({ problem }) => problem)).toContain(
      'there are two components named DI_View: rename one',
    );
  });
});
