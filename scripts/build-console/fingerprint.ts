import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** What the console is compiled from and with. */
const SOURCES = ['server/console', 'scripts/build-console'];
const PACKAGES = [
  'lwc',
  'rollup',
  '@lwc/rollup-plugin',
  '@lwc/synthetic-shadow',
  '@salesforce-ux/design-system',
  'lightning-base-components',
];

/** A hash of everything that the built console depends on; null where a package that builds it is missing. */
export function fingerprint(root: string): string | null {
  const hash = createHash('sha256');
  for (const name of PACKAGES) {
    const version = versionOf(root, name);
    if (version === null) return null;
    hash.update(`${name}@${version}\n`);
  }
  for (const folder of SOURCES)
    for (const file of readdirSync(path.join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.join(entry.parentPath, entry.name))
      .sort())
      hash.update(`${path.relative(root, file)}\n`).update(readFileSync(file));
  return hash.digest('hex');
}

/** The installed version of a package; null where it is not installed. */
export function versionOf(root: string, name: string): string | null {
  const file = path.join(root, 'node_modules', name, 'package.json');
  if (!existsSync(file)) return null;
  const { version } = JSON.parse(readFileSync(file, 'utf8')) as { version: string };
  return version;
}
