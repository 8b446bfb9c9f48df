import { cpSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';

export const ROOT = path.join(import.meta.dirname, '../..');
export const PACKAGE = 'DI Connect';
export type PackageKind = 'managed' | 'unlocked';

const schema = z.object({
  packageDirectories: z.tuple([
    z.object({ versionNumber: z.string(), ancestorVersion: z.string().optional(), path: z.string() }),
  ]),
  namespace: z.string(),
  packageAliases: z.record(z.string(), z.string()),
});

/** What a kind of package says of itself in its own sfdx-project.json. */
export interface PackageProject {
  readonly file: string;
  readonly namespace: string;
  /** `NONE` before the first version was promoted, `HIGHEST` from then on; undefined where there are no ancestors. */
  readonly ancestor: string | undefined;
  /** `0Ho…`, once the package was made and its id written down. */
  readonly packageId: string | undefined;
}

export function readProject(kind: PackageKind, root = ROOT): PackageProject {
  const file = path.join('packaging', kind, 'sfdx-project.json');
  const { packageDirectories, namespace, packageAliases } = schema.parse(
    JSON.parse(readFileSync(path.join(root, file), 'utf8')),
  );
  return {
    file,
    namespace,
    ancestor: packageDirectories[0].ancestorVersion,
    packageId: packageAliases[PACKAGE],
  };
}

/** A project of its own to run the CLI in: the package's source with the kind's project file. The source is left as it is. */
export function prepareProject(kind: PackageKind, root = ROOT): string {
  const folder = path.join(root, 'build/package', kind);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const part of ['force-app', 'config', '.forceignore'])
    cpSync(path.join(root, part), path.join(folder, part), { recursive: true });
  cpSync(path.join(root, readProject(kind, root).file), path.join(folder, 'sfdx-project.json'));
  return folder;
}
