import { readdirSync } from 'node:fs';
import path from 'node:path';
import { checkRules } from './check-rules.ts';
import { checkShape } from './check-shape.ts';
import { readMetadataFile, type MetadataFile } from './metadata-file.ts';
import { MetadataTypes } from './metadata-types.ts';

export interface MetadataProblem {
  readonly file: string;
  readonly problem: string;
}

/** Every `-meta.xml` below the folder, each by itself and then all together. */
export function checkMetadata(folder: string): { files: number; problems: MetadataProblem[] } {
  const types = new MetadataTypes();
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('-meta.xml'))
    .map((name) => path.join(folder, name))
    .sort();
  const problems: MetadataProblem[] = [];
  const files: MetadataFile[] = [];
  for (const file of paths) {
    try {
      const metadata = readMetadataFile(file);
      files.push(metadata);
      problems.push(...checkShape(types, metadata.root).map((problem) => ({ file, problem })));
    } catch (error) {
      problems.push({ file, problem: error instanceof Error ? error.message : String(error) });
    }
  }
  return { files: paths.length, problems: [...problems, ...checkRules(files)] };
}
