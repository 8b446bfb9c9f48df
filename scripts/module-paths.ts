import { readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Writes a file for a tsconfig to extend: `c/diNotice` is the file of that name in the folder of that name, below `folder`. */
export function writeModulePaths(file: string, namespace: string, folder: string): void {
  const modules = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((found) => path.join(folder, found))
    .filter((found) => path.basename(found) === `${path.basename(path.dirname(found))}.js`);
  const paths = Object.fromEntries(
    modules.map((found) => [`${namespace}/${path.basename(found, '.js')}`, [found]]),
  );
  writeFileSync(file, JSON.stringify({ compilerOptions: { paths } }));
}
