import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import type { Catalog, MetadataProblem } from './catalog.ts';
import { below } from './metadata-file.ts';

const typeSchema = z.object({ name: z.string(), suffix: z.string().optional() });
const registrySchema = z.object({
  types: z.record(
    z.string(),
    typeSchema.extend({ children: z.object({ types: z.record(z.string(), typeSchema) }).optional() }),
  ),
});

/** Which type of component a file of a name holds, as Salesforce's own deploy library has it. */
const TYPES = typesBySuffix();

function typesBySuffix(): ReadonlyMap<string, string> {
  const file = createRequire(import.meta.url).resolve(
    '@salesforce/source-deploy-retrieve/lib/src/registry/metadataRegistry.json',
  );
  const { types } = registrySchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  const tops = Object.values(types);
  const parts = tops.flatMap((type) => Object.values(type.children?.types ?? {}));
  // A part of a file may have its file's suffix: the type of the whole file comes last, and stays.
  return new Map([
    ...[...parts, ...tops].flatMap(({ name, suffix }): [string, string][] =>
      suffix === undefined ? [] : [[suffix, name]],
    ),
    ['js', 'LightningComponentBundle'],
  ]);
}

/** The newest version of the API that the package is written for; sfdx-project.json says the same. */
export const API_VERSION = 65;

/** Names of files say what is in them, and no component asks for an API that the project does not have. */
export function checkFiles(catalog: Catalog): MetadataProblem[] {
  return catalog.files.flatMap(({ file, root }) => {
    const suffix = /\.(\w+)-meta\.xml$/.exec(path.basename(file))?.[1] ?? '';
    const expected = TYPES.get(suffix);
    const problems: string[] = [];
    if (expected === undefined) problems.push(`.${suffix}-meta.xml is not an ending of a component's file`);
    else if (expected !== root.name) problems.push(`it holds a ${root.name}, and its name says ${expected}`);
    for (const { text } of below(root, 'apiVersion'))
      if (!/^\d+\.0$/.test(text) || Number(text) > API_VERSION)
        problems.push(`<apiVersion> ${text} is not ${API_VERSION}.0 or older`);
    return problems.map((problem) => ({ file, problem }));
  });
}
