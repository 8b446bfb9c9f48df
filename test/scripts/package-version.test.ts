import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { API_VERSION } from '../../scripts/metadata-check/check-files.ts';

const ROOT = path.join(import.meta.dirname, '../..');
const project = z.object({
  packageDirectories: z.array(z.object({ versionNumber: z.string() })).length(1),
  sourceApiVersion: z.string(),
});
const read = () => project.parse(JSON.parse(readFileSync(path.join(ROOT, 'sfdx-project.json'), 'utf8')));

it('the package says the version that it is packaged as', () => {
  const { packageDirectories } = read();
  const [, packaged] = /^(\d+\.\d+\.\d+)\.NEXT$/.exec(packageDirectories[0]?.versionNumber ?? '') ?? [];
  const source = path.join(ROOT, 'force-app/main/configuration/classes/PackageVersion.cls');
  const [, said] = /String THIS_VERSION = '([^']*)';/.exec(readFileSync(source, 'utf8')) ?? [];
  expect(packaged).toBeDefined();
  expect(said).toBe(packaged);
});

it('the gate before a deployment knows the version of the API that the project has', () => {
  expect(read().sourceApiVersion).toBe(`${API_VERSION}.0`);
});
