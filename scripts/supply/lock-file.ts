import { readFileSync } from 'node:fs';
import { z } from 'zod';

const packageSchema = z.object({
  version: z.string().optional(),
  license: z.string().optional(),
  integrity: z.string().optional(),
  resolved: z.string().optional(),
  link: z.boolean().optional(),
  /** It came inside of another package, whose checksum is its own. */
  inBundle: z.boolean().optional(),
  dev: z.boolean().optional(),
  devOptional: z.boolean().optional(),
  hasInstallScript: z.boolean().optional(),
});
const lockSchema = z.object({ packages: z.record(z.string(), packageSchema) });
export type LockedPackage = z.output<typeof packageSchema>;

/** Licences that a product under Apache 2.0 may be shipped with, without more than their texts. */
const LICENCES = new Set([
  '0BSD',
  'Apache-2.0',
  // As bigdecimal.js writes it.
  'Apache 2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'ISC',
  'MIT',
  'MIT-0',
]);
/** Packages with an install script that do without it: one counts installations, the other one has its program as a package. */
const WITHOUT_SCRIPT = new Set(['node_modules/@scarf/scarf', 'node_modules/esbuild']);

/** Every package of a lock file, by its place. */
export function readLockFile(file: string): Readonly<Record<string, LockedPackage>> {
  const { '': _own, ...packages } = lockSchema.parse(JSON.parse(readFileSync(file, 'utf8'))).packages;
  return packages;
}

/** What is wrong with what is installed; an empty list where nothing is. */
export function faultsOf(packages: Readonly<Record<string, LockedPackage>>): string[] {
  // A workspace and the link to it are folders of this project.
  const isOwn = ([place, each]: [string, LockedPackage]): boolean =>
    each.link === true || !place.startsWith('node_modules/');
  const installed = Object.entries(packages).filter((each) => !isOwn(each));
  return installed.flatMap(([place, each]) => {
    const isShipped = each.dev !== true && each.devOptional !== true;
    return [
      ...(each.inBundle !== true && each.integrity === undefined ? [`${place} has no checksum`] : []),
      ...(each.resolved === undefined ? [] : [`${place} names a registry: ${each.resolved}`]),
      ...(isShipped && !isPermitted(each.license)
        ? [`${place} is under ${each.license ?? 'no licence'}, which is not on the list of scripts/supply`]
        : []),
      ...(isShipped && each.hasInstallScript === true && !WITHOUT_SCRIPT.has(place)
        ? [`${place} runs a script when it is installed: images are made without, see whether it works then`]
        : []),
    ];
  });
}

/** Of a choice (`MIT OR GPL-3.0`) one is enough. */
function isPermitted(licence: string | undefined): boolean {
  return (licence ?? '')
    .replace(/[()]/g, '')
    .split(/\s+OR\s+/)
    .some((each) => LICENCES.has(each));
}
