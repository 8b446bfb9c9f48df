// Converts force-app to the Metadata API's format, with the library that the Salesforce CLI converts with before it deploys.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ComponentSetBuilder, MetadataConverter } from '@salesforce/source-deploy-retrieve';
import { z } from 'zod';

const ROOT = path.join(import.meta.dirname, '..');
const outputDirectory = path.join(ROOT, 'build/metadata');

const project = z
  .object({ sourceApiVersion: z.string() })
  .parse(JSON.parse(readFileSync(path.join(ROOT, 'sfdx-project.json'), 'utf8')));
const components = await ComponentSetBuilder.build({
  sourceapiversion: project.sourceApiVersion,
  sourcepath: [path.join(ROOT, 'force-app')],
  projectDir: ROOT,
});
const { converted } = await new MetadataConverter().convert(components, 'metadata', {
  type: 'directory',
  outputDirectory,
  genUniqueDir: false,
});
console.log(`${converted?.length ?? 0} components converted, in ${outputDirectory}.`);
