import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** The text of every file of a package by its path. In memory, so that a test can break one of them. */
export type PackageSource = ReadonlyMap<string, string>;

/** Kinds of files that hold something to be checked; a picture of a static resource does not. */
const READ = /\.(xml|cls|trigger|js|html)$/;

export function readSource(folder: string): PackageSource {
  return new Map(
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => READ.test(name) && !name.includes('__tests__'))
      .sort()
      .map((name) => [path.join(folder, name), readFileSync(path.join(folder, name), 'utf8')]),
  );
}
