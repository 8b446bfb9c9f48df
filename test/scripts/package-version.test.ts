import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { API_VERSION } from '../../scripts/metadata-check/check-files.ts';

const ROOT = path.join(import.meta.dirname, '../..');
const packaged = z.object({
  packageDirectories: z.array(z.object({ versionNumber: z.string() })).length(1),
  sourceApiVersion: z.string(),
});
const source = packaged.omit({ packageDirectories: true });
const PACKAGES = ['packaging/managed/sfdx-project.json', 'packaging/unlocked/sfdx-project.json'];
const read = (file: string): unknown => JSON.parse(readFileSync(path.join(ROOT, file), 'utf8'));

it.each(PACKAGES)('the package says the version that it is packaged as in %s', (file) => {
  const { packageDirectories } = packaged.parse(read(file));
  const [, version] = /^(\d+\.\d+\.\d+)\.NEXT$/.exec(packageDirectories[0]?.versionNumber ?? '') ?? [];
  const code = path.join(ROOT, 'force-app/main/configuration/classes/DI_PackageVersion.cls');
  const [, said] = /String THIS_VERSION = '([^']*)';/.exec(readFileSync(code, 'utf8')) ?? [];
  expect(version).toBeDefined();
  expect(said).toBe(version);
});

it.each(['sfdx-project.json', ...PACKAGES])(
  'the gate before a deployment knows the version of the API that %s has',
  (file) => {
    expect(source.parse(read(file)).sourceApiVersion).toBe(`${API_VERSION}.0`);
  },
);
