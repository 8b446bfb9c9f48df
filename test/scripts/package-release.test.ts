import { existsSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { SfProject } from '@salesforce/core';
import { afterAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { DevHub, type Cli } from '../../scripts/package/dev-hub.ts';
import { prepareProject, readProject, type PackageProject } from '../../scripts/package/package-project.ts';
import { createPackage, createVersion, lacksOf, links, promote } from '../../scripts/package/release.ts';

const ID = '04t000000000001AAA';
const PACKAGE_ID = '0Ho000000000001CAA';
const manifest = z
  .object({
    commands: z.record(
      z.string(),
      z.object({ flags: z.record(z.string(), z.object({ options: z.array(z.string()).optional() })) }),
    ),
  })
  .parse(
    createRequire(import.meta.url)(
      path.join(
        path.dirname(createRequire(import.meta.url).resolve('@salesforce/plugin-packaging')),
        '../oclif.manifest.json',
      ),
    ),
  );

/** A Dev Hub with one version; it knows the commands and flags that the installed CLI has, and no others. */
function devHub(state: { released?: boolean; covered?: boolean; promotedBefore?: boolean } = {}) {
  const calls: string[] = [];
  let isReleased = state.released ?? false;
  const cli: Cli = (args) => {
    const words = args.slice(
      0,
      args.findIndex((each) => each.startsWith('--')),
    );
    const command = manifest.commands[words.join(':')];
    expect(command, words.join(' ')).toBeDefined();
    for (const flag of args.filter((each) => each.startsWith('--')))
      expect(Object.keys(command?.flags ?? {}), words.join(' ')).toContain(flag.slice(2));
    calls.push(words.slice(1).join(' '));
    if (words.at(-1) === 'promote') isReleased = true;
    if (words.at(-1) === 'list') return state.promotedBefore ? [{}] : [];
    return {
      Id: PACKAGE_ID,
      SubscriberPackageVersionId: ID,
      Version: '0.1.0.1',
      IsReleased: isReleased,
      ValidationSkipped: false,
      HasPassedCodeCoverageCheck: state.covered ?? true,
    };
  };
  return { hub: new DevHub('.', cli), calls };
}
const managed = (changes: Partial<PackageProject> = {}): PackageProject => ({
  ...readProject('managed'),
  packageId: PACKAGE_ID,
  ...changes,
});
const production = /login\.salesforce\.com/;

describe('a release of the package', () => {
  it('is made as a managed one, whose id is written down by hand', () => {
    const { hub } = devHub();
    const lines = createPackage('managed', managed({ packageId: undefined }), hub).join('\n');
    expect(lines).toContain(`"packageAliases": { "DI Connect": "${PACKAGE_ID}" }`);
    expect(lines).toContain('namespace diconnect for ever');
    expect(() => createPackage('managed', managed(), hub)).toThrow('is there already');
  });

  it('has no link to production before it is promoted', () => {
    const { hub, calls } = devHub();
    expect(createVersion(managed(), hub).join('\n')).not.toMatch(production);
    expect(() => links(hub, ID)).toThrow('was not promoted');
    expect(promote(managed(), hub, ID).join('\n')).toMatch(production);
    expect(links(hub, ID).join('\n')).toMatch(production);
    expect(calls.filter((each) => each === 'version promote')).toHaveLength(1);
  });

  it('is promoted only where it was validated, and once', () => {
    const uncovered = devHub({ covered: false });
    expect(() => promote(managed(), uncovered.hub, ID)).toThrow('cover too little');
    const released = devHub({ released: true });
    expect(promote(managed(), released.hub, ID).join('\n')).toMatch(production);
    expect([...uncovered.calls, ...released.calls]).not.toContain('version promote');
  });

  it('has the highest promoted version as its ancestor, and none where there is none', () => {
    const before = devHub({ promotedBefore: true });
    expect(() => createVersion(managed({ ancestor: 'NONE' }), before.hub)).toThrow('write HIGHEST');
    expect(createVersion(managed({ ancestor: 'HIGHEST' }), before.hub)).toHaveLength(3);
    expect(() => createVersion(managed({ ancestor: 'HIGHEST' }), devHub().hub)).toThrow('write NONE');
    const lines = promote(managed({ ancestor: 'NONE' }), devHub().hub, ID).join('\n');
    expect(lines).toContain('"ancestorVersion": "HIGHEST"');
  });

  it('asks for a package first', () => {
    expect(() => createVersion(managed({ packageId: undefined }), devHub().hub)).toThrow('names no package');
  });

  it('says what an unlocked package lacks', () => {
    expect(lacksOf('unlocked').join('\n')).toContain('DI_OutboxSweep.unschedule()');
    expect(lacksOf('managed')).toEqual([]);
  });
});

describe.each(['managed', 'unlocked'] as const)('the project of a package that is %s', (kind) => {
  const folder = prepareProject(kind);
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it('is one that the CLI reads, with the source beside it', async () => {
    const project = await SfProject.resolve(folder);
    const contents = project.getSfProjectJson().getContents();
    expect(contents.namespace).toBe(kind === 'managed' ? 'diconnect' : '');
    const [directory] = contents.packageDirectories;
    expect(directory).toMatchObject({ path: 'force-app', package: 'DI Connect' });
    expect(existsSync(path.join(folder, 'force-app/main/app'))).toBe(true);
  });

  it('names scripts that are there, in a managed package only', () => {
    const text = readFileSync(path.join(folder, 'sfdx-project.json'), 'utf8');
    const scripts = [...text.matchAll(/"(?:postInstall|uninstall)Script": "(\w+)"/g)].map(([, name]) => name);
    expect(scripts).toEqual(kind === 'managed' ? ['DI_PackageInstall', 'DI_PackageUninstall'] : []);
    for (const name of scripts)
      expect(existsSync(path.join(folder, `force-app/main/configuration/classes/${name ?? ''}.cls`))).toBe(
        true,
      );
  });
});
