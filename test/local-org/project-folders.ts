import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';

const PROJECT = z.object({ packageDirectories: z.array(z.object({ path: z.string() })).min(1) });

/**
 * The folders of source of an SFDX project: those that `sfdx-project.json` names and that are there, else `force-app`.
 * Throws where the file is there and names none.
 */
export function projectFolders(root: string): string[] {
  const file = path.join(root, 'sfdx-project.json');
  if (!existsSync(file)) return [path.join(root, 'force-app')];
  const { packageDirectories } = PROJECT.parse(JSON.parse(readFileSync(file, 'utf8')));
  return packageDirectories.map((each) => path.join(root, each.path)).filter((each) => existsSync(each));
}
